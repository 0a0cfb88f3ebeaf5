import type { ServerResponse } from 'node:http'
import { idleDescriptor } from '../../lib/response/write-progress.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

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
