import { unpooledBuffers } from '../../../lib/source/buffer-pool.js'
import { CustomFile } from '../../../lib/source/custom/custom-file.js'
import type { SourceFile } from '../../../lib/source/custom/source-contract.js'
import { iterateChunks, readChunk } from '../../../lib/source/read-window.js'
import { expectSilence } from '../../support/process-noise.js'
import { NEVER, RecordedSource } from '../../support/recorded-source.js'

const TEXT = 'twenty letters of it'

async function openFile(source: RecordedSource): Promise<CustomFile> {
  const context = { signal: new AbortController().signal, method: 'GET' }
  return new CustomFile('name', await source.open('name', context))
}

test('segments are read one after the other, and the file is closed once', async () => {
  const source = new RecordedSource(TEXT)
  const segments = [
    { start: 0, end: 5 },
    Buffer.from('--'),
    { start: 7, end: 13 },
    Buffer.from('|'),
  ]
  const reader = (await openFile(source)).body(segments, 64, unpooledBuffers)
  const read: string[] = []
  for await (const chunk of iterateChunks(reader, 64)) read.push(chunk.toString())
  expect(read).toEqual(['twenty', '--', 'letters', '|'])
  expect(source.ranges).toEqual([
    [0, 5],
    [7, 13],
  ])
  await reader.close()
  expect(source.events).toEqual(['open', 'chunks', 'chunks', 'close'])
})

test('without segments nothing is read, and the file is closed', async () => {
  const source = new RecordedSource(TEXT)
  const reader = (await openFile(source)).body([], 64)
  expect(await readChunk(reader, 64)).toEqual({ buffer: undefined, last: false })
  await reader.close()
  expect(source.events).toEqual(['open', 'close'])
})

test('a reader that is closed early fires the signal, ends the iterator and closes the file, in this order', async () => {
  const source = new RecordedSource('x'.repeat(5000))
  const reader = (await openFile(source)).body([{ start: 0, end: 4999 }], 1000)
  await readChunk(reader, 1000)
  source.pausing = NEVER
  void readChunk(reader, 1000)
  await Promise.all([reader.close(), reader.close()])
  expect(source.events).toEqual(['open', 'chunks', 'abort chunks', 'return', 'close'])
})

test('a file of unknown size is read to its end', async () => {
  const source = new RecordedSource(TEXT, { size: undefined })
  const reader = (await openFile(source)).body([{ start: 0, end: Number.POSITIVE_INFINITY }], 8)
  const read: string[] = []
  for await (const chunk of iterateChunks(reader, 8)) read.push(chunk.toString())
  expect(read).toEqual(['twenty l', 'etters o', 'f it'])
})

test.each<[what: string, chunks: SourceFile['chunks'] | (() => unknown), status: number]>([
  [
    'throws',
    () => {
      throw new Error('at 10.0.0.1')
    },
    500,
  ],
  ['returns no iterable', () => 5, 500],
  [
    'throws with a status',
    () => {
      throw Object.assign(new Error('at 10.0.0.1'), { status: 502 })
    },
    502,
  ],
])('chunks() that %s fails the read', async (_what, chunks, status) => {
  let closed = 0
  const file = { size: 5, chunks: chunks as SourceFile['chunks'], close: () => void closed++ }
  const reader = new CustomFile('name', file).body([{ start: 0, end: 4 }], 64)
  const read = readChunk(reader, 64)
  await expect(read).rejects.toMatchObject({ status, message: expect.not.stringContaining('10.') })
  await reader.close()
  expect(closed).toBe(1)
})

test('chunks() that returns a promise is an error, and its rejection does not end the process', async () => {
  const rejected = Promise.reject(new Error('store down'))
  const file = new CustomFile('name', { size: 3, chunks: () => rejected as never })
  const reader = file.body([{ start: 0, end: 2 }], 64, unpooledBuffers)
  await expectSilence(async () => {
    await expect(readChunk(reader, 64)).rejects.toMatchObject({ status: 500 })
    await new Promise((resolve) => setImmediate(resolve))
  })
  await reader.close()
})
