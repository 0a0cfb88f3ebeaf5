// The peers are installed in bench/, by the script that runs the comparison.
import { createServer, type RequestListener, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { RequestHandler } from 'express'
import type { ContentCoding } from '../../lib/http/content-coding.js'
import { streamFiles } from '../../lib/index.js'

const installed = createRequire(join(process.cwd(), 'bench', 'package.json'))

/** A server that is listening. */
export interface PeerServer {
  readonly port: number
  close(): void
}

interface Peer {
  /** Of which codings it can send siblings at all. */
  readonly codings: readonly ContentCoding[]
  start(root: string): Promise<PeerServer>
}

/** The servers that are compared, with every coding enabled that they know. */
export const peers: Readonly<Record<string, Peer>> = {
  'express-stream-files': {
    codings: ['br', 'zstd', 'gzip'],
    start: (root) => inExpress(streamFiles(root, { precompressed: true })),
  },
  sirv: {
    codings: ['br', 'gzip'],
    start: (root) => inExpress(installed('sirv')(root, { brotli: true, gzip: true, etag: true })),
  },
  '@fastify/static': {
    codings: ['br', 'gzip'],
    start: async (root) => {
      const app = installed('fastify')()
      app.register(installed('@fastify/static'), { root, preCompressed: true })
      await app.listen({ port: 0, host: '127.0.0.1' })
      return { port: app.server.address().port, close: () => app.server.closeAllConnections() }
    },
  },
  'express-static-gzip': {
    codings: ['br', 'zstd', 'gzip'],
    start: (root) =>
      inExpress(
        installed('express-static-gzip')(root, {
          enableBrotli: true,
          customCompressions: [{ encodingName: 'zstd', fileExtension: 'zst' }],
          orderPreference: ['br', 'zstd', 'gzip'],
        }),
      ),
  },
}

/** The versions of the peers that are installed. */
export function peerVersions(): string {
  const names = Object.keys(peers).filter((name) => name !== 'express-stream-files')
  return names
    .map(
      (name) =>
        `${name} ${installed(join(process.cwd(), 'bench/node_modules', name, 'package.json')).version}`,
    )
    .join(', ')
}

async function inExpress(handler: RequestHandler): Promise<PeerServer> {
  const listener: RequestListener = installed('express')().use(handler)
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.closeAllConnections() }
}
