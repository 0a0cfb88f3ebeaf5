import { getEventListeners } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { ReadAhead } from '../../lib/response/read-ahead.js'
import { transfer } from '../../lib/response/transfer.js'
import type { ChunkReader } from '../../lib/source/source.js'

const KIB = 1024

/** An endless body of equal buffers. */
function endless(bytes: number): ChunkReader & { closed: number } {
  return {
    closed: 0,
    read: (_sizeHint, callback) => callback(null, Buffer.alloc(bytes)),
    release() {},
    close() {
      this.closed++
    },
  }
}

/** A response whose client accepts nothing. */
function stalled(): ServerResponse {
  const res = new ServerResponse(new IncomingMessage(new Socket()))
  res.write = () => false
  return res
}

test('a client that disconnects releases its buffers for other clients', async () => {
  for (let client = 0; client < 1000; client++) {
    const res = stalled()
    const reader = endless(64 * KIB)
    const end = transfer(res, { reader, sendHeaders: () => res.writeHead(200) })
    res.emit('close')
    expect(await end).toMatchObject({ aborted: true, completed: false })
    expect(reader.closed).toBe(1)
  }
  expect(new ReadAhead().addBuffered(64 * KIB)).toBe(true)
})

test('a signal is listened to until the transfer ends', async () => {
  const { signal } = new AbortController()
  const res = stalled()
  const reader = endless(64 * KIB)
  const end = transfer(res, { reader, sendHeaders: () => res.writeHead(200), signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  res.emit('close')
  await end
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('the reader is closed once, and no listener stays on the response', async () => {
  const res = stalled()
  const before = res.eventNames()
  const reader = endless(64 * KIB)
  const end = transfer(res, { reader, sendHeaders: () => res.writeHead(200) })
  res.emit('close')
  res.emit('close')
  await end
  expect(reader.closed).toBe(1)
  expect(res.eventNames()).toEqual(before)
})

test('an error of the response aborts it, although its connection is open', async () => {
  const res = stalled()
  const destroy = jest.spyOn(res, 'destroy')
  const error = new Error('middleware failed')
  const end = transfer(res, { reader: endless(64 * KIB), sendHeaders: () => res.writeHead(200) })
  res.emit('error', error)
  expect(await end).toMatchObject({ aborted: false, completed: false, error })
  expect(destroy).toHaveBeenCalled()
})
