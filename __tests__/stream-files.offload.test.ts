import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import compression from 'compression'
import {
  type StreamFilesOptions,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../lib/index.js'
import { descriptorsBackTo } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { testOnLinux } from './support/on-linux.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const base = directoryOf({
  'release/file.txt': 'content',
  'release/ü%20.txt': 'content',
  'release/empty.txt': '',
  'release/docs/index.html': '<p>docs</p>',
  'outside/file.txt': 'outside',
})
const release = join(base, 'release')
const root = join(base, 'current')
if (process.platform !== 'win32') {
  symlinkSync('release', root)
  symlinkSync('docs', join(release, 'manual'))
  symlinkSync('../outside', join(release, 'out'))
}
const testWithSymlinks = process.platform === 'win32' ? test.skip : test
afterAll(removeDirectories)

const nginx = { header: 'X-Accel-Redirect', prefix: '/_files/' } as const
const sendfile = { header: 'X-Sendfile' } as const

const asked = (
  target: string,
  options: StreamFilesOptions,
  given: Parameters<typeof request>[2] = {},
) => withServer(streamFiles(release, options), ({ port }) => request(port, target, given))

test.each(['/file.txt', '/empty.txt'])('%s has no body, and says so', async (target) => {
  const response = await asked(target, { offload: nginx })
  expect(response).toMatchObject({ status: 200, complete: true })
  expect(response.body).toHaveLength(0)
  expect(response.headers).not.toHaveProperty('transfer-encoding')
  expect(response.headers).not.toHaveProperty('accept-ranges')
  expect(response.headers).toMatchObject({
    'x-accel-redirect': `/_files${target}`,
    'content-length': '0',
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'public, max-age=0',
    'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
    etag: expect.stringMatching(/^"/),
  })
})

testOnLinux('a file that a header cannot name is sent by the application', async () => {
  const names = directoryOf({ 'trailing ': 'trailing', trailing: 'another' })
  await withServer(streamFiles(names, { offload: sendfile }), async ({ port }) => {
    const response = await request(port, '/trailing%20')
    expect(response.headers).not.toHaveProperty('x-sendfile')
    expect(String(response.body)).toBe('trailing')
  })
})

test('an HTTP/1.0 front gets the same', async () => {
  const response = await asked('/file.txt', { offload: nginx }, { version: '1.0' })
  expect(response).toMatchObject({
    status: 200,
    headers: { 'x-accel-redirect': '/_files/file.txt' },
  })
  expect(response.body).toHaveLength(0)
})

test('so does one that sends HEAD', async () => {
  const response = await asked('/file.txt', { offload: nginx }, { method: 'HEAD' })
  expect(response.headers).toMatchObject({
    'x-accel-redirect': '/_files/file.txt',
    'content-length': '0',
  })
})

test('so does one that speaks HTTP/2', () =>
  withHttp2Client(streamFiles(release, { offload: nginx }), async ({ session }) => {
    const stream = openStream(session, '/file.txt')
    const headers = await new Promise<object>((resolve) => stream.once('response', resolve))
    expect(headers).toMatchObject({ ':status': 200, 'x-accel-redirect': '/_files/file.txt' })
    let bytes = 0
    for await (const chunk of stream) bytes += chunk.length
    expect(bytes).toBe(0)
  }))

test('preconditions and ranges are left to the server in front', async () => {
  const { headers } = await asked('/file.txt', { offload: sendfile })
  const { date: _date, ...expected } = headers
  for (const header of [`If-None-Match: ${headers.etag}`, 'If-Match: "other"', 'Range: bytes=9-']) {
    const response = await asked('/file.txt', { offload: sendfile }, { headers: [header] })
    expect(response).toMatchObject({ status: 200, headers: expected })
  }
})

test('X-Sendfile is the absolute path', async () => {
  const { headers } = await asked('/file.txt', { offload: sendfile })
  expect(headers['x-sendfile']).toBe(join(release, 'file.txt'))
  const named = await asked('/%C3%BC%2520.txt', { offload: sendfile })
  const path = Buffer.from(named.headers['x-sendfile'] ?? '', 'latin1').toString()
  expect(path).toBe(join(release, 'ü%2520.txt'))
})

testWithSymlinks('the path keeps the root as it is configured, if that is a symlink', async () => {
  const files = streamFiles(root, { offload: sendfile })
  const { headers } = await withServer(files, ({ port }) => request(port, '/manual/'))
  expect(headers['x-sendfile']).toBe(join(root, 'docs/index.html'))
})

testWithSymlinks(
  'with symlinks: "follow" the front opens the name that was requested',
  async () => {
    const options = { offload: nginx, symlinks: 'follow' } as const
    const { headers } = await asked('/out/file.txt', options)
    expect(headers['x-accel-redirect']).toBe('/_files/out/file.txt')
    expect((await asked('/out/file.txt', { offload: nginx })).status).toBe(404)
  },
)

test('headers of the application are kept, and a stale one is replaced', async () => {
  const setHeaders: StreamFilesOptions['setHeaders'] = (res) => {
    res.setHeader('X-Accel-Redirect', '/elsewhere')
    res.setHeader('X-Accel-Limit-Rate', '1024')
    res.setHeader('Content-Length', '7')
    res.setHeader('Accept-Ranges', 'bytes')
    res.setHeader('Content-Type', 'text/x-own')
  }
  const { headers } = await asked('/file.txt', { offload: nginx, setHeaders })
  expect(headers).toMatchObject({
    'x-accel-redirect': '/_files/file.txt',
    'x-accel-limit-rate': '1024',
    'content-type': 'text/x-own',
    'content-length': '0',
  })
  expect(headers).not.toHaveProperty('accept-ranges')
})

test('compression() makes no coding of the body that is not there', async () => {
  const app = express()
  app.use(compression({ threshold: 0 }), streamFiles(release, { offload: sendfile }))
  const { headers, body } = await withServer(app, ({ port }) =>
    request(port, '/file.txt', { headers: ['Accept-Encoding: gzip'] }),
  )
  expect(headers).not.toHaveProperty('content-encoding')
  expect(headers.etag).toMatch(/^"/)
  expect(body).toHaveLength(0)
})

test('the file is closed, whether the outcome is observed or not', async () => {
  const baseline = openDescriptors()
  for (const onOutcome of [null, () => {}]) {
    await asked('/file.txt', { offload: nginx, onOutcome })
  }
  await descriptorsBackTo(baseline)
})

testOnLinux('a file of unknown size is sent by the app', () =>
  withServer(streamFiles('/proc/self', { offload: nginx }), async ({ port }) => {
    const { headers, body } = await request(port, '/stat')
    expect(headers).not.toHaveProperty('x-accel-redirect')
    expect(body.length).toBeGreaterThan(0)
  }),
)

describe('streamResponse', () => {
  const sent = (path: string, options: StreamResponseOptions) =>
    withServer(
      (_req, res) => void streamResponse(res, path, options),
      ({ port }) => request(port, '/'),
    )

  test('sends the path of a file without a root', async () => {
    const { headers } = await sent(join(release, 'file.txt'), {
      offload: sendfile,
      download: 'ü.txt',
      type: 'text/x-own',
      headers: { 'Cache-Control': 'private' },
    })
    expect(headers).toMatchObject({
      'x-sendfile': join(release, 'file.txt'),
      'content-type': 'text/x-own; charset=utf-8',
      'cache-control': 'private',
      'content-disposition': expect.stringMatching(/^attachment; .*%C3%BC.txt/),
    })
  })

  test('confines a path to its root', async () => {
    const { headers } = await sent('docs/../file.txt', { offload: nginx, root: release })
    expect(headers['x-accel-redirect']).toBe('/_files/file.txt')
    const outside = await sent('../outside/file.txt', { offload: nginx, root: release })
    expect(outside.status).toBe(403)
    expect(outside.headers).not.toHaveProperty('x-accel-redirect')
  })
})
