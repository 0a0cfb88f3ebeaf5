import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** How a client disconnects: in order, or by a reset. */
export type Disconnect = 'FIN' | 'RST'

/** A connection on which a GET was sent and nothing was read yet. */
export async function ask(
  port: number,
  target: string,
  headers: readonly string[] = [],
  version = '1.1',
): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // A response that the server aborts is an error here, which is what the tests are about.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  const lines = [`GET ${target} HTTP/${version}`, 'Host: localhost', ...headers]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return socket
}

/** Reads until the first bytes of the response are there; the rest waits. */
export async function firstBytes(socket: Socket): Promise<Buffer> {
  socket.resume()
  const [bytes]: Buffer[] = await once(socket, 'data')
  socket.pause()
  return bytes ?? Buffer.alloc(0)
}

/** All that is still to come over a connection, however it ends. */
export async function restOf(socket: Socket): Promise<{ bytes: Buffer }> {
  const received: Buffer[] = []
  socket.on('data', (bytes) => received.push(bytes))
  socket.on('end', () => socket.end())
  socket.resume()
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
  return { bytes: Buffer.concat(received) }
}

/** Disconnects, and returns once the connection is closed on this side. */
export async function disconnected(socket: Socket, how: Disconnect): Promise<void> {
  const closed = socket.destroyed || new Promise((resolve) => socket.once('close', resolve))
  if (how === 'RST') socket.resetAndDestroy()
  else socket.end()
  socket.resume()
  await closed
}
