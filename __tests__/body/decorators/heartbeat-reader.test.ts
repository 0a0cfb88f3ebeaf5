import { HeartbeatReader } from '../../../lib/body/decorators/heartbeat-reader.js'
import type { ChunkReader, ReadCallback } from '../../../lib/source/source.js'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

class PendingReader implements ChunkReader {
  waiting: ReadCallback | undefined
  reads = 0
  read(_sizeHint: number, callback: ReadCallback): void {
    this.reads++
    this.waiting = callback
  }
  release(): void {}
  close(): undefined {}
}

function heartbeats(inner: ChunkReader, interval: number | undefined = 500) {
  const text = (value: string) => Buffer.from(value)
  return new HeartbeatReader(inner, {
    opening: text('opening '),
    preamble: text('preamble '),
    heartbeat: text('beat '),
    interval,
  })
}

/** Reads on as a transfer does; returns what came. */
function drain(reader: ChunkReader): string[] {
  const texts: string[] = []
  const next = () =>
    reader.read(1, (error, buffer, last) => {
      texts.push(error?.message ?? (buffer === undefined ? 'end' : Buffer.from(buffer).toString()))
      if (error === null && buffer !== undefined && last !== true) next()
    })
  next()
  return texts
}

test('a stream without an event opens after a second, and not before', () => {
  const reader = heartbeats(new PendingReader())
  const texts = drain(reader)
  jest.advanceTimersByTime(999)
  expect(texts).toEqual([])
  jest.advanceTimersByTime(1)
  expect(texts).toEqual(['opening '])
  reader.close()
  expect(jest.getTimerCount()).toBe(0)
})

test('an event within the first second follows the preamble', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const texts = drain(reader)
  inner.waiting?.(null, Buffer.from('event'))
  jest.advanceTimersByTime(400)
  expect(texts).toEqual(['preamble event'])
  reader.close()
})

test('heartbeats come while nothing else does, and the event after them is not lost', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const texts = drain(reader)
  inner.waiting?.(null, Buffer.from('one'))
  jest.advanceTimersByTime(560)
  inner.waiting?.(null, Buffer.from('two'), true)
  expect(texts).toEqual(['preamble one', 'beat ', 'two'])
  expect(inner.reads).toBe(2)
  reader.close()
})

test('no heartbeat comes while the client does not take what was sent', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const callback = jest.fn()
  reader.read(1, callback)
  inner.waiting?.(null, Buffer.from('one'))
  jest.advanceTimersByTime(10_000)
  expect(callback).toHaveBeenCalledTimes(1)
  reader.close()
})

test('without an interval there is no heartbeat', () => {
  const inner = new PendingReader()
  const reader = new HeartbeatReader(inner, {
    opening: Buffer.from('opening '),
    preamble: Buffer.from(''),
    heartbeat: Buffer.from('beat '),
    interval: undefined,
  })
  const texts = drain(reader)
  jest.advanceTimersByTime(100_000)
  expect(texts).toEqual(['opening '])
  reader.close()
})

test('a failure before the first event is delivered without the preamble', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const texts = drain(reader)
  inner.waiting?.(new Error('broken'))
  expect(texts).toEqual(['broken'])
  reader.close()
})

test('an end before the first event is delivered after the preamble, which tells when to reconnect', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const texts = drain(reader)
  inner.waiting?.(null)
  expect(texts).toEqual(['preamble '])
  reader.close()
})

test('a chunk that comes after it was closed starts no timer', () => {
  const inner = new PendingReader()
  const reader = heartbeats(inner)
  const callback = jest.fn()
  reader.read(1, callback)
  reader.close()
  inner.waiting?.(null, Buffer.from('late'))
  expect(callback).not.toHaveBeenCalled()
  expect(jest.getTimerCount()).toBe(0)
})
