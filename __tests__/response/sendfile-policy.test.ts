import { once } from 'node:events'
import { rmSync, utimesSync } from 'node:fs'
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer, get as httpsGet } from 'node:https'
import { type AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import compression from 'compression'
import { streamFiles, streamResponse } from '../../lib/index.js'
import type { StreamResponseOptions } from '../../lib/options/option-types.js'
import { loadSendfile, MIN_SENDFILE_BYTES } from '../../lib/source/disk/sendfile.js'
import { express } from '../support/express.js'
import { age, directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { withHttp2Client } from '../support/http2.js'
import { request } from '../support/raw-http.js'
import { observeSendfile } from '../support/sendfile.js'
import { withServer } from '../support/server.js'

const content = patternOf(700_001)
const directory = directoryOf({
  'large.bin': content,
  'below.bin': content.subarray(0, 256 * 1024 - 1),
  'least.bin': content.subarray(0, 256 * 1024),
})
const large = join(directory, 'large.bin')
const serve = streamFiles(directory, { sendfile: true })

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** How many bytes the kernel sent of a body that was whole. */
async function sentByKernel(listener: RequestListener, target = '/large.bin'): Promise<number> {
  const observed = observeSendfile()
  const { body } = await withServer(listener, ({ port }) => request(port, target))
  expect(body.equals(content.subarray(0, body.length))).toBe(true)
  expect(body.length).toBeGreaterThan(256_000)
  return observed.bytes
}

const respond =
  (options: StreamResponseOptions): RequestListener =>
  (_req, res) =>
    void streamResponse(res, large, { sendfile: true, ...options })

test.each<[string, RequestListener]>([
  ['streamFiles', serve],
  ['streamResponse', respond({})],
  ['stallTimeout', respond({ stallTimeout: 60_000 })],
  ['a signal', respond({ signal: new AbortController().signal })],
  ["sendfile: 'auto'", respond({ sendfile: 'auto' })],
  ['Express', express().use(serve)],
])('the kernel sends the body of a response with %s', async (_name, listener) => {
  expect(await sentByKernel(listener)).toBeGreaterThan(0)
})

test.each<[string, RequestListener]>([
  ['sendfile: false', respond({ sendfile: false })],
  ['a digest', respond({ digest: 'sha-256' })],
  ['maxRate', respond({ maxRate: 100_000_000 })],
  ['onProgress', respond({ onProgress: () => {} })],
  ['transform', respond({ transform: (chunks) => chunks })],
  ['compression()', express().use(compression()).use(serve)],
  ['a response whose write was replaced', (req, res) => serve(req, replaceWrite(res))],
  ['a socket whose write was replaced', (req, res) => serve(replaceSocketWrite(req), res)],
  [
    'strictContentLength',
    (req, res) => serve(req, Object.assign(res, { strictContentLength: true })),
  ],
])('Node sends the body of a response with %s', async (_name, listener) => {
  expect(await sentByKernel(listener)).toBe(0)
})

function replaceWrite<T extends { write(...parameters: never[]): unknown }>(stream: T): T {
  const { write } = stream
  return Object.assign(stream, {
    write: (...parameters: never[]) => Reflect.apply(write, stream, parameters),
  })
}

function replaceSocketWrite(req: IncomingMessage): IncomingMessage {
  replaceWrite(req.socket)
  return req
}

test('the kernel sends bodies of 256 KiB and more', async () => {
  jest.replaceProperty(loadSendfile(), 'minBytes', MIN_SENDFILE_BYTES)
  expect(await sentByKernel(serve, '/below.bin')).toBe(0)
  expect(await sentByKernel(serve, '/least.bin')).toBeGreaterThan(0)
})

test('Node sends a file that was modified in the last two seconds', async () => {
  utimesSync(large, new Date(), new Date())
  const sent = await sentByKernel(serve)
  age(large)
  expect(sent).toBe(0)
})

test('the kernel sends over a Unix socket', async () => {
  const observed = observeSendfile()
  const path = join(directory, 'socket')
  const server = createServer(serve).listen(path)
  await once(server, 'listening')
  const [response] = await once(get({ socketPath: path, path: '/large.bin' }), 'response')
  const body = Buffer.concat(await response.toArray())
  server.close()
  server.closeAllConnections()
  rmSync(path, { force: true })
  expect(body.equals(content)).toBe(true)
  expect(observed.bytes).toBeGreaterThan(0)
})

test('Node sends over TLS', async () => {
  const observed = observeSendfile()
  const psk = Buffer.alloc(32, 1)
  const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const
  const server = createHttpsServer({ ...tls, pskCallback: () => psk, pskIdentityHint: '' }, serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const psks = { pskCallback: () => ({ psk, identity: 'client' }) }
  const checkServerIdentity = () => undefined
  const options = { ...tls, ...psks, checkServerIdentity, port, path: '/large.bin', agent: false }
  const client = httpsGet(options)
  const [response] = await once(client, 'response')
  const body = Buffer.concat(await response.toArray())
  server.close()
  server.closeAllConnections()
  expect(body.equals(content)).toBe(true)
  expect(observed.bytes).toBe(0)
})

test('Node sends over HTTP/2', async () => {
  const observed = observeSendfile()
  await withHttp2Client(serve, async ({ session }) => {
    const stream = session.request({ ':path': '/large.bin' })
    expect(Buffer.concat(await stream.toArray()).equals(content)).toBe(true)
  })
  expect(observed.bytes).toBe(0)
})

test('the kernel sends a FileHandle that the application opened', async () => {
  const { open } = await import('node:fs/promises')
  const handle = await open(large)
  const sent = await sentByKernel(
    (_req, res) => void streamResponse(res, handle, { sendfile: true }),
  )
  await handle.close()
  expect(sent).toBeGreaterThan(0)
})

test('HEAD sends nothing', async () => {
  const observed = observeSendfile()
  const head = await withServer(serve, ({ port }) =>
    request(port, '/large.bin', { method: 'HEAD' }),
  )
  expect(head.headers['content-length']).toBe(String(content.length))
  expect(observed.bytes).toBe(0)
})

test('a socket is not changed for responses that the kernel does not send', async () => {
  let own: boolean | undefined
  await withServer(
    (req, res) => {
      res.once('finish', () => {
        own = Object.hasOwn(req.socket, 'bytesWritten')
      })
      respond({ sendfile: false })(req, res)
    },
    ({ port }) => request(port, '/'),
  )
  expect(own).toBe(false)
  expect(Object.getOwnPropertyDescriptor(Socket.prototype, 'bytesWritten')?.get).toBeDefined()
})
