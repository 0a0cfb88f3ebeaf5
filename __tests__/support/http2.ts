import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { eventually } from './eventually.js'

/** A client of an HTTP/2 server of its own, in clear text. */
export interface Http2Client {
  readonly session: ClientHttp2Session
  /** Disconnects, and waits until the server has closed its side of the connection too. */
  disconnect(): Promise<void>
}

/** Starts an HTTP/2 server and connects a client to it. The server stops once its sockets closed. */
export async function withHttp2Client(
  listener: (req: Http2ServerRequest, res: Http2ServerResponse) => void,
  use: (client: Http2Client) => Promise<void>,
): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  await once(session, 'connect')
  try {
    await use({ session, disconnect: () => disconnect(session, server) })
  } finally {
    session.destroy()
    server.close()
  }
}

/** Opens a stream whose errors are of no interest. */
export function openStream(
  session: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const stream = session.request({ ':path': path, ...headers })
  stream.on('error', () => {})
  return stream
}

async function disconnect(session: ClientHttp2Session, server: Http2Server): Promise<void> {
  session.destroy()
  let connections = -1
  await eventually(() => {
    server.getConnections((_, count) => {
      connections = count
    })
    return connections === 0
  })
}
