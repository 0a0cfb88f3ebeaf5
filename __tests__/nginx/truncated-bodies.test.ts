import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { startChildServer } from '../support/child-server.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { age, directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { nginxCommand, startProxy, type Upstream } from '../support/nginx.js'
import { parseResponses, type RawResponse, request } from '../support/raw-http.js'

// Sparse, and so large that the proxy is always in the middle of it during a test.
const HUGE = 1024 * 1024 * 1024
const SMALL = patternOf(200_000)

// More than the proxy and the sockets in front of it hold.
const EXPORTED_ROWS = 10_000_000

const command = nginxCommand ?? ''
const whereThereIsNginx = nginxCommand === undefined ? describe.skip : describe
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: no truncated body is sent through nginx, which is not installed\n')
}

const root = directoryOf({ 'huge.bin': '', 'huge.txt': '', 'small.txt': SMALL, 'small.bin': SMALL })
const sockets = mkdtempSync(join(tmpdir(), 'stream-files-sockets-'))

beforeEach(() => {
  for (const name of ['huge.bin', 'huge.txt']) {
    truncateSync(join(root, name), HUGE)
    age(join(root, name))
  }
})

afterAll(() => {
  removeDirectories()
  rmSync(sockets, { recursive: true, force: true })
})

type Transport = 'TCP' | 'a Unix socket'
const TRANSPORTS: readonly Transport[] = ['TCP', 'a Unix socket']

let count = 0
const newSocket = () => join(sockets, String(count++))

/** Requests a file through the proxy, and does something once the first bytes are there. */
async function getDuring(port: number, target: string, change: () => void): Promise<RawResponse> {
  const socket = await ask(port, target, ['Connection: close'])
  const first = await firstBytes(socket)
  change()
  const { bytes } = await restOf(socket)
  const [response] = parseResponses(Buffer.concat([first, bytes]))
  if (response === undefined) throw new Error(`No response to ${target}`)
  return response
}

/** Whether a client, or a cache, takes a response for the whole body. */
function passesForWhole({ status, complete }: RawResponse): boolean {
  return status === 200 && complete
}

async function listen(listener: RequestListener, transport: Transport): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) =>
    transport === 'TCP'
      ? server.listen(0, '127.0.0.1', resolve)
      : server.listen(newSocket(), resolve),
  )
  return server
}

function upstreamOf(server: Server): Upstream {
  const address: AddressInfo | string | null = server.address()
  if (address === null) throw new Error('The server does not listen')
  return typeof address === 'string' ? address : address.port
}

interface Proxied {
  readonly port: number
  /** The targets that reached the upstream server. */
  readonly requests: readonly string[]
}

/** Runs `use` with a proxy in front of a listener. */
async function withProxy(
  listener: RequestListener,
  transport: Transport,
  use: (proxied: Proxied) => Promise<void>,
  protocol?: '1.1',
): Promise<void> {
  const requests: string[] = []
  const server = await listen((req, res) => {
    requests.push(req.url ?? '')
    listener(req, res)
  }, transport)
  const proxy = await startProxy(command, upstreamOf(server), protocol)
  try {
    await use({ port: proxy.port, requests })
  } finally {
    await proxy.close()
    server.close()
    server.closeAllConnections()
  }
}

const files = streamFiles(root, { maxAge: '1h' })
const serveFiles: RequestListener = (req, res) => {
  if (!req.url?.startsWith('/one/')) return files(req, res)
  void streamResponse(res, join(root, req.url.slice('/one/'.length)))
}

const EXPORT_TARGETS = ['/export.csv', '/one/export.csv']

/** An export whose first 128 KiB are the same every time, and whose later rows are not. */
function exported(row: 'old' | 'newer'): Buffer {
  return Buffer.concat([
    SMALL.subarray(0, 128 * 1024),
    Buffer.alloc(EXPORTED_ROWS * row.length, row),
  ])
}

const HUGE_TARGETS = ['/huge.bin', '/huge.txt', '/one/huge.bin']

whereThereIsNginx.each(TRANSPORTS)('nginx in front with its defaults, over %s', (transport) => {
  test.each(HUGE_TARGETS)(
    'a process killed in the middle of %s is a failure',
    async (target) => {
      const socket = newSocket()
      const child = await startChildServer(root, { socket })
      const proxy = await startProxy(command, transport === 'TCP' ? child.port : socket)
      try {
        const killed = await getDuring(proxy.port, target, () => child.process.kill('SIGKILL'))
        expect(killed.headers['x-cache-status']).toBe('MISS')
        expect(passesForWhole(killed)).toBe(false)
        const next = await request(proxy.port, target)
        expect([next.status, next.headers['x-cache-status']]).toEqual([502, 'MISS'])
      } finally {
        child.process.kill('SIGKILL')
        await proxy.close()
      }
    },
    20_000,
  )

  test.each(HUGE_TARGETS)(
    '%s that shrinks while it is sent is a failure',
    async (target) => {
      const file = join(root, target.replace('/one/', ''))
      await withProxy(serveFiles, transport, async ({ port, requests }) => {
        const aborted = await getDuring(port, target, () => truncateSync(file, 1000))
        expect(passesForWhole(aborted)).toBe(false)
        const next = await request(port, target)
        expect(next.headers['x-cache-status']).toBe('MISS')
        expect(next.body).toHaveLength(1000)
        expect(requests).toEqual([target, target])
      })
    },
    20_000,
  )

  test.each(EXPORT_TARGETS)(
    '%s that is regenerated with the same beginning and more rows is a failure',
    async (target) => {
      const file = join(root, 'export.csv')
      writeFileSync(file, exported('old'))
      age(file)
      await withProxy(serveFiles, transport, async ({ port, requests }) => {
        const regenerate = () => writeFileSync(file, exported('newer'))
        const aborted = await getDuring(port, target, regenerate)
        expect(passesForWhole(aborted)).toBe(false)
        const next = await ask(port, target)
        expect(String(await firstBytes(next))).toContain('X-Cache-Status: MISS')
        next.destroy()
        expect(requests).toEqual([target, target])
      })
    },
    20_000,
  )

  test.each(['/small.txt', '/small.bin', '/one/small.txt'])(
    '%s is cached whole',
    async (target) => {
      await withProxy(serveFiles, transport, async ({ port, requests }) => {
        for (const status of ['MISS', 'HIT']) {
          const response = await request(port, target)
          expect(passesForWhole(response)).toBe(true)
          expect(response.headers['x-cache-status']).toBe(status)
          expect(response.body.equals(SMALL)).toBe(true)
        }
        expect(requests).toEqual([target])
      })
    },
    20_000,
  )
})

async function* failing() {
  for (let times = 0; times < 4; times++) {
    yield SMALL
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('The source failed')
}

const serveFailing: RequestListener = (_req, res) => void streamResponse(res, failing())

// Not in this list: HTTP/1.0 over a Unix socket, which can neither frame such a body nor be reset.
whereThereIsNginx.each([
  ['TCP', undefined],
  ['TCP', '1.1'],
  ['a Unix socket', '1.1'],
] as const)(
  'a body of unknown length over %s with proxy_http_version %s',
  (transport, protocol) => {
    test('is a failure if it fails during the transfer, and is not cached', async () => {
      await withProxy(
        serveFailing,
        transport,
        async ({ port, requests }) => {
          for (let times = 0; times < 2; times++) {
            expect(passesForWhole(await request(port, '/'))).toBe(false)
          }
          expect(requests).toEqual(['/', '/'])
        },
        protocol,
      )
    }, 20_000)
  },
)
