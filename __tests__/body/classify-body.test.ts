import { Readable } from 'node:stream'
import { classifyBody } from '../../lib/body/classify-body.js'
import type { ChunkReader } from '../../lib/source/source.js'

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve))

function openBody(body: unknown): ChunkReader {
  const classified = classifyBody(body)
  if (classified.kind !== 'stream') throw new Error('Not a stream')
  return classified.stream.open()
}

async function textOf(reader: ChunkReader): Promise<string> {
  const buffer = await new Promise<Uint8Array | undefined>((resolve, reject) =>
    reader.read(1, (error, read) => (error === null ? resolve(read) : reject(error))),
  )
  return buffer === undefined ? '' : Buffer.from(buffer).toString() + (await textOf(reader))
}

test.each<[string, (body: Readable) => unknown]>([
  ['resumed', (body) => body.resume()],
  ['listened to for its data', (body) => body.on('data', () => {})],
])('a Readable that was %s loses nothing while it waits to be read', async (_what, prepare) => {
  const body = Readable.from(['one ', 'two ', 'three'])
  prepare(body)
  const reader = openBody(body)
  await turnOfTheLoop()
  await turnOfTheLoop()
  expect(await textOf(reader)).toBe('one two three')
})

test('a Readable is not read before the first item is pulled', async () => {
  let pulled = 0
  const body = new Readable({ read: () => pulled++ })
  const reader = openBody(body)
  await turnOfTheLoop()
  expect(pulled).toBe(0)
  await reader.close()
  expect(body.destroyed).toBe(true)
})

test('a Readable that fails before it is read does not crash the process', async () => {
  const body = new Readable({ read() {} })
  const reader = openBody(body)
  body.destroy(new Error('upstream'))
  await turnOfTheLoop()
  await expect(textOf(reader)).rejects.toThrow('upstream')
})
