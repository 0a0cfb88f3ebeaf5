import { EndingReader } from '../../../lib/body/decorators/ending-reader.js'
import type { ChunkReader, ReadCallback } from '../../../lib/source/source.js'
import { nextRead, QueuedReader } from '../../support/queued-reader.js'

class PendingReader implements ChunkReader {
  callback: ReadCallback | undefined
  closed = 0
  read(_sizeHint: number, callback: ReadCallback): void {
    this.callback = callback
  }
  release(): void {}
  close(): undefined {
    this.closed++
  }
}

test('a signal ends a read that waits, and closes the inner reader', async () => {
  const controller = new AbortController()
  const inner = new PendingReader()
  const reader = new EndingReader(inner, controller.signal)
  const read = nextRead(reader)
  controller.abort()
  expect(await read).toBe('end')
  expect(inner.closed).toBe(1)
})

test('what arrives after the end is dropped, and later reads are at the end', async () => {
  const controller = new AbortController()
  const inner = new PendingReader()
  const reader = new EndingReader(inner, controller.signal)
  const callback = jest.fn()
  reader.read(1, callback)
  controller.abort()
  inner.callback?.(null, Buffer.from('late'))
  expect(callback.mock.calls).toEqual([[null]])
  expect(await nextRead(reader)).toBe('end')
})

test('a signal that has fired before ends the body before anything is read', async () => {
  const inner = new QueuedReader([null, Buffer.from('a')])
  expect(await nextRead(new EndingReader(inner, AbortSignal.abort()))).toBe('end')
  expect(inner.sizeHints).toEqual([])
})

test('a body that ends by itself no longer listens to the signal', async () => {
  const controller = new AbortController()
  const inner = new QueuedReader([null, Buffer.from('a'), true])
  const reader = new EndingReader(inner, controller.signal)
  expect(await nextRead(reader)).toBe('a!')
  reader.close()
  controller.abort()
  expect(inner.closed).toBe(1)
})
