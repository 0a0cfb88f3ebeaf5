import type { Segment } from '../../../lib/http/byte-ranges.js'
import { PooledBuffers, unpooledBuffers } from '../../../lib/source/buffer-pool.js'
import { MemoryReader } from '../../../lib/source/memory/memory-reader.js'
import { streamFiles } from '../../../lib/stream-files.js'
import { setClockAhead } from '../../support/clock.js'
import { directoryOf, patternOf, removeDirectories } from '../../support/files.js'
import { request } from '../../support/raw-http.js'
import { withServer } from '../../support/server.js'

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

const bytes = patternOf(1000)

/** The buffers up to the one that is told to be the last. */
function buffersOf(segments: readonly Segment[], chunkSize: number, sizeHint: number) {
  const body = new MemoryReader(bytes, segments, chunkSize, new PooledBuffers())
  const buffers: Buffer[] = []
  let ended = segments.length === 0
  while (!ended) {
    body.read(sizeHint, (_error, buffer, last) => {
      if (buffer !== undefined) buffers.push(Buffer.from(buffer))
      ended = last === true || buffer === undefined
    })
  }
  return buffers
}

test.each([
  [1000, 4000, [1000]],
  [300, 700, [600, 400]],
  [300, 1, [300, 300, 300, 100]],
  [250, 250, [250, 250, 250, 250]],
  [7, 100, [...Array(10).fill(98), 20]],
])('chunks of %p with a size hint of %p: buffers of whole chunks', (chunkSize, sizeHint, sizes) => {
  const buffers = buffersOf([{ start: 0, end: 999 }], chunkSize, sizeHint)
  expect(buffers.map((buffer) => buffer.length)).toEqual(sizes)
  expect(Buffer.concat(buffers).equals(bytes)).toBe(true)
})

test('ranges and the bytes between them are read in order', () => {
  const between = Buffer.from('between')
  const buffers = buffersOf([{ start: 10, end: 19 }, between, { start: 990, end: 999 }], 1000, 1000)
  const expected = [bytes.subarray(10, 20), between, bytes.subarray(990)]
  expect(Buffer.concat(buffers).equals(Buffer.concat(expected))).toBe(true)
})

test('buffers are views if they are only read, and copies if they may be kept', () => {
  const shared: boolean[] = []
  for (const memory of [new PooledBuffers(), new PooledBuffers(() => false), unpooledBuffers]) {
    const body = new MemoryReader(bytes, [{ start: 0, end: 999 }], 1000, memory)
    body.read(1000, (_error, buffer) => shared.push(buffer?.buffer === bytes.buffer))
    body.close()
  }
  expect(shared).toEqual([true, false, false])
})

test('without segments there is no buffer', () => {
  const taken: unknown[] = []
  new MemoryReader(bytes, [], 1, new PooledBuffers()).read(1, (error, buffer) =>
    taken.push(error, buffer),
  )
  expect(taken).toEqual([null, undefined])
})

test.each([7, 1000, 33_333, 65_536, 100_000, 131_072])(
  'a file that is cached has the same chunks on the wire: %p',
  async (chunkSize) => {
    setClockAhead()
    const content = patternOf(chunkSize === 7 ? 700 : 100_000)
    await withServer(
      streamFiles(directoryOf({ 'a.bin': content }), { chunkSize }),
      async (server) => {
        await request(server.port, '/a.bin')
        const { body, chunks = [] } = await request(server.port, '/a.bin')
        expect(body.equals(content)).toBe(true)
        expect(chunks.slice(0, -1).every((size) => size === chunkSize)).toBe(true)
        expect(chunks).toHaveLength(Math.ceil(content.length / chunkSize))
      },
    )
  },
)

test('a cached file gives the same response to ranges, preconditions and HEAD as the file', async () => {
  const directory = directoryOf({ 'a.txt': patternOf(1000) })
  setClockAhead()
  const responses = async (cache: false | null) => {
    const all: unknown[] = []
    await withServer(streamFiles(directory, { cache }), async ({ port }) => {
      const { headers } = await request(port, '/a.txt')
      const asked = [
        { headers: ['Range: bytes=10-19'] },
        { headers: ['Range: bytes=0-4, 990-'] },
        { headers: ['Range: bytes=5000-'] },
        { headers: [`If-None-Match: ${headers.etag}`] },
        { headers: [`If-Match: "other"`] },
        { method: 'HEAD' },
      ]
      for (const options of asked) {
        const { status, body, headers: fields } = await request(port, '/a.txt', options)
        const boundary = /boundary=(\w+)/.exec(fields['content-type'] ?? '')?.[1] ?? 'none'
        const text = JSON.stringify([fields, body.toString('latin1')]).replaceAll(boundary, '…')
        all.push([status, text.replace(/"date":"[^"]*"/, '')])
      }
    })
    return all
  }
  expect(await responses(null)).toEqual(await responses(false))
})
