import { unpooledBuffers } from '../../lib/source/buffer-pool.js'
import { MemoryReader } from '../../lib/source/memory/memory-reader.js'
import { iterateChunks, readChunk, readWindow } from '../../lib/source/read-window.js'
import type { OpenFile } from '../../lib/source/source.js'
import { QueuedReader } from '../support/queued-reader.js'

const bytes = Buffer.from('abcdefgh')

/** A file in memory, of which only the body is asked for. */
function fileOf(size: number | undefined): Pick<OpenFile, 'size' | 'body'> {
  return {
    size,
    body: (segments, chunkSize) => new MemoryReader(bytes, segments, chunkSize, unpooledBuffers),
  }
}

async function textsOf(size: number | undefined, window: { start: number; end?: number }) {
  const reader = readWindow(fileOf(size) as OpenFile, window, 3)
  const texts: string[] = []
  for await (const chunk of iterateChunks(reader, 3)) texts.push(chunk.toString())
  return texts
}

test.each([
  ['from a position', { start: 5 }, ['fgh']],
  ['to a position, which is included', { start: 0, end: 3 }, ['abc', 'd']],
  ['beyond the end', { start: 6, end: 100 }, ['gh']],
  ['that is empty', { start: 8 }, []],
  ['of one byte', { start: 7, end: 7 }, ['h']],
])('a window %s is read in chunks', async (_what, window, texts) => {
  expect(await textsOf(bytes.length, window)).toEqual(texts)
})

test('a file of unknown size is read to where the window ends', async () => {
  expect(await textsOf(undefined, { start: 1, end: 4 })).toEqual(['bcd', 'e'])
})

test('an iteration that ends early closes the reader', async () => {
  const reader = new QueuedReader([null, Buffer.from('a')], [null, Buffer.from('b')])
  for await (const _chunk of iterateChunks(reader, 3)) break
  expect(reader.closed).toBe(1)
})

test('an iteration that fails closes the reader, and the error has a status', async () => {
  const reader = new QueuedReader([Object.assign(new Error('foo'), { code: 'EMFILE' })])
  await expect(iterateChunks(reader, 3).next()).rejects.toMatchObject({
    status: 503,
    code: 'EMFILE',
  })
  expect(reader.closed).toBe(1)
})

test('a chunk is a Buffer over the same memory', async () => {
  const memory = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
  const { buffer, last } = await readChunk(new QueuedReader([null, memory, true]), 3)
  expect([Buffer.isBuffer(buffer), buffer, last]).toEqual([true, Buffer.from([2, 3]), true])
  memory[0] = 9
  expect(buffer?.[0]).toBe(9)
})
