import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestServer {
  readonly port: number
  readonly url: string
  readonly server: Server
  close(): Promise<void>
}

/** Starts an Express app or a bare listener on a free port of the loopback interface. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Runs `use` against a server that is stopped afterwards, whatever happens. */
export async function withServer<T>(
  listener: RequestListener,
  use: (server: TestServer) => Promise<T>,
): Promise<T> {
  const server = await serve(listener)
  try {
    return await use(server)
  } finally {
    await server.close()
  }
}
