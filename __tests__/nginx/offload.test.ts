import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import compression from 'compression'
import type { Express } from 'express'
import { type Outcome, streamFiles, streamResponse } from '../../lib/index.js'
import { express } from '../support/express.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { type Nginx, nginxCommand, startExample } from '../support/nginx.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const whereThereIsNginx = nginxCommand === undefined ? describe.skip : describe
const NOTE = nginxCommand === undefined ? ' (skipped: nginx is not installed)' : ''
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: no file is offloaded to nginx, which is not installed\n')
}

const NAMES = [
  'plain.txt',
  'with space.txt',
  '100%.txt',
  '%2e%2e%2fescaped.txt',
  'a%20b.txt',
  'grüße-日本-😀.txt',
  'question?mark.txt',
  'number#sign.txt',
  "all!$&'()*+,;=:@[]|^.txt",
  '"quoted" <angle> {brace} `tick`.txt',
  'deep/er/file.txt',
]

const big = patternOf(3 * 1024 * 1024 + 7)
const base = directoryOf({
  'secret/leak.txt': 'secret',
  'secret/file.txt': 'secret',
  ...Object.fromEntries(NAMES.map((name) => [`root/${name}`, `content of ${name}`])),
  'root/big.bin': big,
  'root/compressible.txt': 'text '.repeat(10_000),
  'root/index.html': '<p>front</p>',
  'root/docs/index.html': '<p>docs</p>',
  'root/about.html': '<p>about</p>',
  'root/.env': 'dotfile',
  'root/404.html': '<p>not found</p>',
  'root/moved/file.txt': 'moved',
})
const root = join(base, 'root')
symlinkSync('plain.txt', join(root, 'inside.txt'))
symlinkSync('deep', join(root, 'shallow'))
symlinkSync('../secret/leak.txt', join(root, 'outside.txt'))
symlinkSync('../secret', join(root, 'out'))

const offload = { header: 'X-Accel-Redirect', prefix: '/_files/' } as const
const outcomes: Outcome[] = []
let repointed = false

/** Replaces a directory by a symlink to another one, after the file in it was judged. */
function repoint(): void {
  repointed = true
  renameSync(join(root, 'moved'), join(base, 'moved'))
  symlinkSync('../secret', join(root, 'moved'))
}

function app(): Express {
  const app = express()
  app.use('/private', (req, res, next) => {
    if (req.headers.authorization === 'let me in') next()
    else res.status(401).end('who are you?')
  })
  app.use('/private', streamFiles(root, { offload, maxAge: '1h' }))
  app.use('/files', streamFiles(root, { offload, extensions: 'html', maxAge: '1h' }))
  app.use(
    '/observed',
    streamFiles(root, { offload, onOutcome: (outcome) => void outcomes.push(outcome) }),
  )
  app.use('/compressed', compression({ threshold: 0 }), streamFiles(root, { offload }))
  app.use(
    '/repointed',
    streamFiles(root, { offload, setHeaders: () => (repointed ? undefined : repoint()) }),
  )
  app.get('/route', (req, res) => {
    void streamResponse(res, String(req.query.name), { root, offload, download: true })
  })
  app.get('/not-found', (_req, res) => {
    void streamResponse(res.status(404), '404.html', { root, offload })
  })
  app.use((_req, res) => {
    res.status(404).end('nothing found')
  })
  return app
}

let nginx: Nginx
let upstream: TestServer

const ask = (target: string, headers: readonly string[] = [], method = 'GET') =>
  request(nginx.port, target, { headers, method })

const statusAndBody = ({ status, body }: RawResponse) => `${status} ${body}`

const urlOf = (name: string) =>
  name
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/%(?:5B|5D|7C|5E)/g, decodeURIComponent))
    .join('/')

whereThereIsNginx(`offload to nginx${NOTE}`, () => {
  beforeAll(async () => {
    upstream = await serve(app())
    nginx = await startExample(nginxCommand ?? 'nginx', 'offload', upstream.port, root)
  })

  afterAll(async () => {
    await Promise.all([nginx.close(), upstream.close()])
    removeDirectories()
  })

  test('nginx sends the bytes, their length and its validators; the app the rest', async () => {
    const response = await ask('/files/big.bin')
    expect(response.status).toBe(200)
    expect(response.body.equals(big)).toBe(true)
    const {
      server: _server,
      date: _date,
      connection: _connection,
      etag,
      ...headers
    } = response.headers
    expect(etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/)
    expect(headers).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=3600',
      'content-length': String(big.length),
      'content-type': 'application/octet-stream',
      'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
    })
  })

  test.each(NAMES)('a request for %j gets that file', async (name) => {
    const response = await ask(`/files/${urlOf(name)}`)
    expect(statusAndBody(response)).toBe(`200 content of ${name}`)
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test.each(NAMES)('streamResponse sends %j below its root', async (name) => {
    const response = await ask(`/route?name=${encodeURIComponent(name)}`)
    expect(statusAndBody(response)).toBe(`200 content of ${name}`)
    expect(response.headers['content-disposition']).toMatch(/^attachment; filename=/)
  })

  test('a file is judged anew when it is requested again, from the cache', async () => {
    const before = await ask('/files/docs/')
    writeFileSync(join(root, 'docs/index.html'), '<p>new</p>')
    expect(statusAndBody(before)).toBe('200 <p>docs</p>')
    expect(statusAndBody(await ask('/files/docs/'))).toBe('200 <p>new</p>')
    rmSync(join(root, 'docs/index.html'))
    expect(statusAndBody(await ask('/files/docs/'))).toBe('404 nothing found')
    writeFileSync(join(root, 'docs/index.html'), '<p>docs</p>')
  })

  test('nginx keeps its connection to the app', async () => {
    let connections = 0
    const counted = () => connections++
    upstream.server.on('connection', counted)
    // More than the 16 that it may have kept from earlier tests.
    for (let turn = 0; turn < 40; turn++) await ask('/files/plain.txt')
    upstream.server.off('connection', counted)
    expect(connections).toBeLessThan(10)
  })

  test('HEAD has the headers of GET and no body', async () => {
    const head = await ask('/files/big.bin', [], 'HEAD')
    const get = await ask('/files/big.bin')
    const { date: _headDate, ...ofHead } = head.headers
    const { date: _getDate, ...ofGet } = get.headers
    expect(ofHead).toEqual(ofGet)
    expect([head.status, head.body.length]).toEqual([200, 0])
  })

  test('nginx serves ranges, and evaluates preconditions by its own validators', async () => {
    const whole = await ask('/files/big.bin')
    const etag = whole.headers.etag ?? ''
    const part = await ask('/files/big.bin', ['Range: bytes=100-199', `If-Range: ${etag}`])
    expect([part.status, part.headers['content-range']]).toEqual([
      206,
      `bytes 100-199/${big.length}`,
    ])
    expect(part.body.equals(big.subarray(100, 200))).toBe(true)
    const suffix = await ask('/files/big.bin', ['Range: bytes=-7'])
    expect(suffix.body.equals(big.subarray(-7))).toBe(true)
    expect((await ask('/files/big.bin', ['Range: bytes=0-1,5-6'])).headers['content-type']).toMatch(
      /^multipart\/byteranges/,
    )
    expect((await ask('/files/big.bin', [`Range: bytes=${big.length}-`])).status).toBe(416)
    const notModified = await ask('/files/big.bin', [`If-None-Match: ${etag}`])
    expect([notModified.status, notModified.headers['cache-control']]).toEqual([
      304,
      'public, max-age=3600',
    ])
    expect((await ask('/files/big.bin', ['If-Match: "other"'])).status).toBe(412)
    const since = 'If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT'
    expect((await ask('/files/big.bin', [since])).status).toBe(304)
  })

  test('index files, extensions and redirects are those of streamFiles', async () => {
    expect(statusAndBody(await ask('/files/'))).toBe('200 <p>front</p>')
    expect(statusAndBody(await ask('/files/docs/'))).toBe('200 <p>docs</p>')
    expect(statusAndBody(await ask('/files/about'))).toBe('200 <p>about</p>')
    expect((await ask('/files/docs')).headers.location).toBe('/files/docs/')
  })

  test.each([
    '/files/.env',
    '/files/missing.txt',
    '/files/../secret/leak.txt',
    '/files//plain.txt',
  ])('%s falls through to the app', async (target) => {
    expect(statusAndBody(await ask(target))).toMatch(/^40[04] /)
    expect((await ask(target)).body.toString()).not.toMatch(/content|secret|dotfile/)
  })

  describe('a file behind access control', () => {
    const authorized = ['Authorization: let me in']

    test('is sent to a client that has access', async () => {
      expect(statusAndBody(await ask('/private/plain.txt', authorized))).toBe(
        '200 content of plain.txt',
      )
    })

    test.each([
      '/private/plain.txt',
      '/private//plain.txt',
      '/private/./plain.txt',
      '/%70rivate/plain.txt',
      '/_files/plain.txt',
      '/_files//plain.txt',
      '/%5ffiles/plain.txt',
      '/%5Ffiles/plain.txt',
      '//_files/plain.txt',
      '/x/../_files/plain.txt',
      '/x/%2e%2e/_files/plain.txt',
      '/_files/../_files/plain.txt',
      'http://localhost/_files/plain.txt',
    ])('is not sent for %s without it', async (target) => {
      const { status, body } = await ask(target)
      expect([401, 404]).toContain(status)
      expect(body.toString()).not.toContain('content of')
    })

    test.each(['X-Accel-Redirect: /_files/plain.txt', `X-Sendfile: ${join(root, 'plain.txt')}`])(
      'is not sent to a client that sends %s',
      async (header) => {
        for (const target of ['/private/plain.txt', '/nothing', '/_files/plain.txt']) {
          const { body } = await ask(target, [header])
          expect(body.toString()).not.toContain('content of')
        }
      },
    )
  })

  describe('symlinks', () => {
    test('inside the root are followed by the app, and nginx gets the name they lead to', async () => {
      expect(statusAndBody(await ask('/files/inside.txt'))).toBe('200 content of plain.txt')
      const { body } = await ask('/files/shallow/er/file.txt')
      expect(body.toString()).toBe('content of deep/er/file.txt')
      const { headers } = await request(upstream.port, '/files/shallow/er/file.txt')
      expect(headers['x-accel-redirect']).toBe('/_files/deep/er/file.txt')
    })

    test.each(['/files/outside.txt', '/files/out/leak.txt'])(
      'to the outside are not followed: %s',
      async (target) => {
        expect(statusAndBody(await ask(target))).toBe('404 nothing found')
      },
    )

    test('made after the file was judged are not followed by nginx', async () => {
      const { status, body } = await ask('/repointed/moved/file.txt')
      expect(repointed).toBe(true)
      expect([403, 404]).toContain(status)
      expect(body.toString()).not.toContain('secret')
    })
  })

  test('compression() in the app leaves the file as it is', async () => {
    const gzip = ['Accept-Encoding: gzip']
    const response = await ask('/compressed/compressible.txt', gzip)
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(response.body.toString()).toBe('text '.repeat(10_000))
    const { headers } = await request(upstream.port, '/compressed/compressible.txt', {
      headers: gzip,
    })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  test('a response with another status is sent by the app, since nginx would make it a 200', async () => {
    expect(statusAndBody(await ask('/not-found'))).toBe('404 <p>not found</p>')
  })

  test('the outcome is that of the response to nginx', async () => {
    await ask('/observed/plain.txt')
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: 0, completed: true, aborted: false }])
  })
})
