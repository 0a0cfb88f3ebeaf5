import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { idleDescriptor, writeProgress } from '../../lib/response/write-progress.js'
import { detachedResponse } from '../support/detached-response.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

test('bytes that are buffered are pending', () => {
  const res = detachedResponse({ accepts: false })
  res.write('foo')
  expect(writeProgress(res).isPending).toBe(true)
  expect(writeProgress(res).length).toBeGreaterThanOrEqual(3)
})

test('without buffered bytes nothing is pending', () => {
  expect(writeProgress(detachedResponse())).toEqual({ isPending: false, length: 0, accepted: 0 })
})

test('what the operating system accepted is what was written and is not queued', () => {
  const res = detachedResponse()
  Object.assign(res.socket ?? {}, { _handle: { bytesWritten: 100, writeQueueSize: 30 } })
  expect(writeProgress(res).accepted).toBe(70)
})

test('a pipelined response has no socket yet, and is not pending', () => {
  const res = new ServerResponse(new IncomingMessage(new Socket()))
  res.write('foo')
  expect(writeProgress(res)).toEqual({ isPending: false, length: 0, accepted: 0 })
})

test.each([
  ['buffered bytes', { writableLength: 5, writableEnded: false, writableFinished: false }, true],
  [
    'an end that is not sent',
    { writableLength: 0, writableEnded: true, writableFinished: false },
    true,
  ],
  [
    'an end that is sent',
    { writableLength: 0, writableEnded: true, writableFinished: true },
    false,
  ],
  ['nothing written', { writableLength: 0, writableEnded: false, writableFinished: false }, false],
])('an HTTP/2 stream with %s', (_what, state, isPending) => {
  const res = { stream: { rstCode: 0, ...state } }
  expect(writeProgress(res as never)).toEqual({
    isPending,
    length: state.writableLength,
    accepted: 0,
  })
})

/** What `idleDescriptor` tells after a response was prepared. */
async function descriptorAfter(prepare: (res: ServerResponse) => void) {
  let descriptor: number | undefined
  await withServer(
    (req, res) => {
      prepare(res)
      descriptor = idleDescriptor(res)
      req.socket.destroy()
    },
    ({ port }) => request(port, '/').catch(() => undefined),
  )
  return descriptor
}

test('a socket to which nothing waits to be written is idle', async () => {
  expect(await descriptorAfter(() => {})).toBeGreaterThan(2)
})

test.each<[string, (res: ServerResponse) => void]>([
  ['a corked socket', (res) => res.socket?.cork()],
  ['writes that are corked', (res) => res.cork()],
  ['a write in this turn', (res) => res.write('x')],
  ['more than the socket accepts', (res) => res.socket?.write(Buffer.alloc(64 * 1024 * 1024))],
  ['a socket that is ending', (res) => res.socket?.end()],
  ['a socket that was destroyed', (res) => res.socket?.destroy()],
  ['a response without its socket', (res) => res.detachSocket(res.socket as never)],
])('a response with %s is not idle', async (_name, prepare) => {
  expect(await descriptorAfter(prepare)).toBeUndefined()
})
