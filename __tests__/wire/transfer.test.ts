import { getEventListeners } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { ChunkReader } from '../../lib/source/source'
import { Pace } from '../../lib/wire/pace'
import { transfer } from '../../lib/wire/transfer'

const KIB = 1024

/** A body of equal blocks without an end. */
function endless(bytes: number): ChunkReader & { closed: number } {
  return {
    closed: 0,
    read: (_want, take) => take(null, Buffer.alloc(bytes)),
    recycle() {},
    close() {
      this.closed++
    },
  }
}

/** A response whose client takes nothing. */
function untaken(): ServerResponse {
  const res = new ServerResponse(new IncomingMessage(new Socket()))
  res.write = () => false
  return res
}

test('a client that leaves gives back what was held for it, for the others to use', async () => {
  for (let client = 0; client < 1000; client++) {
    const res = untaken()
    const reader = endless(64 * KIB)
    const end = transfer(res, { reader, commit: () => res.writeHead(200) })
    res.emit('close')
    expect(await end).toMatchObject({ aborted: true, completed: false })
    expect(reader.closed).toBe(1)
  }
  expect(new Pace().waiting(64 * KIB)).toBe(true)
})

test('a signal is listened to until the transfer ends', async () => {
  const { signal } = new AbortController()
  const res = untaken()
  const reader = endless(64 * KIB)
  const end = transfer(res, { reader, commit: () => res.writeHead(200), signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  res.emit('close')
  await end
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('the reader is closed once, and no listener stays on the response', async () => {
  const res = untaken()
  const before = res.eventNames()
  const reader = endless(64 * KIB)
  const end = transfer(res, { reader, commit: () => res.writeHead(200) })
  res.emit('close')
  res.emit('close')
  await end
  expect(reader.closed).toBe(1)
  expect(res.eventNames()).toEqual(before)
})
