import { ThrottledReader } from '../../../lib/body/decorators/throttled-reader.js'
import { IterableReader } from '../../../lib/body/iterable-reader.js'
import type { ChunkReader } from '../../../lib/source/source.js'
import { nextRead, QueuedReader } from '../../support/queued-reader.js'

function read(reader: ChunkReader): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) =>
    reader.read(1 << 20, (error, buffer) => (error === null ? resolve(buffer) : reject(error))),
  )
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('waits after a slice for as long as its bytes take', async () => {
  const reader = new ThrottledReader(new IterableReader([Buffer.alloc(100)].values()), 1000)
  expect(await read(reader)).toHaveLength(50)
  const second = read(reader)
  let there = false
  void second.then(() => {
    there = true
  })
  await jest.advanceTimersByTimeAsync(49)
  expect(there).toBe(false)
  await jest.advanceTimersByTimeAsync(1)
  expect(await second).toHaveLength(50)
})

test('no more is read at once than a slice, and less where less is wanted', async () => {
  const inner = new QueuedReader([null, Buffer.from('a')], [null, Buffer.from('b')])
  const reader = new ThrottledReader(inner, 200)
  await nextRead(reader, 1000)
  const second = nextRead(reader, 5)
  await jest.advanceTimersByTimeAsync(5)
  await second
  expect(inner.sizeHints).toEqual([10, 5])
})

test('catches up after a pause, but with a tenth of a second at most', async () => {
  const reader = new ThrottledReader(new IterableReader([Buffer.alloc(1000)].values()), 1000)
  await read(reader)
  await jest.advanceTimersByTimeAsync(60_000)
  // Two pieces for the tenth of a second, and the one that is due.
  for (let piece = 0; piece < 3; piece++) expect(await read(reader)).toHaveLength(50)
  const next = jest.fn()
  reader.read(1, next)
  await jest.advanceTimersByTimeAsync(40)
  expect(next).not.toHaveBeenCalled()
  await jest.advanceTimersByTimeAsync(10)
  expect(next).toHaveBeenCalled()
})

test('releases a buffer with its last slice, and not before', async () => {
  const buffer = Buffer.alloc(120)
  const recycled = jest.fn()
  const inner: ChunkReader = {
    read: (_sizeHint, callback) => callback(null, buffer, true),
    release: recycled,
    close: () => undefined,
  }
  const reader = new ThrottledReader(inner, 1000)
  const pieces: Uint8Array[] = []
  for (let piece = 0; piece < 3; piece++) {
    const next = read(reader)
    await jest.advanceTimersByTimeAsync(100)
    pieces.push((await next) ?? Buffer.alloc(0))
  }
  expect(pieces.map(({ length }) => length)).toEqual([50, 50, 20])
  for (const piece of pieces) {
    expect(recycled).not.toHaveBeenCalled()
    reader.release(piece)
  }
  expect(recycled.mock.calls).toEqual([[buffer]])
})

test('a rate of one byte per second delivers one byte', async () => {
  const reader = new ThrottledReader(new IterableReader(['ab'].values()), 1)
  expect(await read(reader)).toHaveLength(1)
})

test('closing clears the timer', async () => {
  const disconnected = jest.fn()
  const reader = new ThrottledReader(
    new IterableReader({ next: () => ({ done: false, value: 'abc' }), return: disconnected }),
    1,
  )
  await read(reader)
  const callback = jest.fn()
  reader.read(1, callback)
  await reader.close()
  await jest.advanceTimersByTimeAsync(10_000)
  expect(callback).not.toHaveBeenCalled()
  expect(disconnected).toHaveBeenCalledTimes(1)
})
