import { rmSync, symlinkSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import compression from 'compression'
import type { OpenContext, Source, StreamFilesOptions } from '../lib/index.js'
import { memorySource, streamFiles } from '../lib/index.js'
import { ask, disconnected } from './support/clients.js'
import { descriptorsBackTo, eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { nginxCommand, startBufferingProxy } from './support/nginx.js'
import { expectSilence } from './support/process-noise.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const APP = `<!doctype html><title>app</title>${'<p>app</p>'.repeat(300)}`
const PAGE = '<!doctype html><title>404</title>'
const LARGE = `<!doctype html>${'x'.repeat(300_000)}`

const root = directoryOf({
  'index.html': APP,
  '404.html': PAGE,
  'large.html': LARGE,
  'app.js': 'app()',
  'docs/index.html': 'docs',
  'assets/app.css': 'a {}',
  '.env': 'SECRET',
  '.hidden/page': 'SECRET',
})
afterAll(removeDirectories)

const NAVIGATION = ['Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8']
const SCRIPT = ['Accept: */*', 'Sec-Fetch-Mode: no-cors']
const FALLBACK: StreamFilesOptions = { fallback: 'index.html' }
const NOT_FOUND: StreamFilesOptions = { notFound: '404.html' }
const BOTH = { ...FALLBACK, ...NOT_FOUND }

type Asked = NonNullable<Parameters<typeof request>[2]>

function appWith(options: StreamFilesOptions, directory = root) {
  const app = express()
  app.use(streamFiles(directory, options))
  app.use((_req, res) => {
    res.status(404).send('next')
  })
  return app
}

/** Asks an app with these options, and says whether the app, the page, or the next middleware responded. */
async function respondent(options: StreamFilesOptions, target: string, asked: Asked) {
  return withServer(appWith(options), async ({ port }) => {
    const response = await request(port, target, asked)
    return { ...response, by: responderOf(response) }
  })
}

function responderOf({ status, body }: RawResponse): string {
  const text = body.toString()
  if (status === 200 && text === APP) return 'fallback'
  if (status === 404 && text === PAGE) return 'page'
  return status === 404 && text === 'next' ? 'next' : `${status} ${text.slice(0, 20)}`
}

describe('fallback', () => {
  test.each([
    ['/user/7'],
    ['/user/7/'],
    ['/user/john.doe/'],
    ['/v1.2/users'],
    ['/caf%C3%A9'],
    ['/docs/chapter?x=a.b'],
    ['/assets/'],
    ['/%E5%B1%B1'],
  ])('is sent for a navigation to %s', async (target) => {
    const { by, headers } = await respondent(FALLBACK, target, { headers: NAVIGATION })
    expect(by).toBe('fallback')
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
      etag: expect.any(String),
      'last-modified': expect.any(String),
    })
    expect(headers).not.toHaveProperty('vary')
  })

  test.each([
    ['a missing script', '/assets/app-BfD3kZ2q.js', SCRIPT],
    ['a navigation to a name with an extension', '/user/john.doe', NAVIGATION],
    ['a navigation to a missing page', '/missing.html', NAVIGATION],
    ['fetch()', '/api/users', ['Accept: */*', 'Sec-Fetch-Mode: cors']],
    ['a client that says nothing', '/user/7', []],
    ['a client that refuses HTML', '/user/7', ['Accept: text/html;q=0, */*']],
  ])('is not sent for %s', async (_name, target, headers) => {
    expect((await respondent(FALLBACK, target, { headers })).by).toBe('next')
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('is not sent for %s', async (method) => {
    expect((await respondent(FALLBACK, '/user/7', { method, headers: NAVIGATION })).by).toBe('next')
  })

  test.each([
    ['/.env'],
    ['/.hidden/page'],
    ['/.hidden/'],
    ['/../user'],
    ['/a/../user'],
    ['/%2e%2e/user'],
    ['//user'],
    ['/./user'],
    ['/us%65r'],
    ['/a%2Fb'],
    ['/a%5Cb'],
    ['/a%00b'],
    ['/%ff'],
    ['/a%'],
  ])('is not sent for the refused path %s', async (target) => {
    for (const options of [FALLBACK, { ...FALLBACK, dotfiles: 'deny' as const }]) {
      const { by } = await respondent(options, target, { headers: NAVIGATION })
      expect(by).toBe('next')
    }
  })

  test('is not sent for a file that must not be read', async () => {
    jest.spyOn(require('node:fs'), 'open').mockImplementation((...given: unknown[]) => {
      const error = Object.assign(new Error('permission denied'), { code: 'EACCES' })
      process.nextTick(() => (given.at(-1) as (error: Error) => void)(error))
    })
    try {
      const { by } = await respondent(FALLBACK, '/private', { headers: NAVIGATION })
      expect(by).toBe('next')
    } finally {
      jest.restoreAllMocks()
    }
  })

  test('is sent with fallthrough: false too', async () => {
    const options = { ...FALLBACK, fallthrough: false }
    expect((await respondent(options, '/user/7', { headers: NAVIGATION })).by).toBe('fallback')
    expect((await respondent(options, '/x.js', { headers: NAVIGATION })).status).toBe(404)
    expect((await respondent(options, '/a%', { headers: NAVIGATION })).status).toBe(400)
    expect((await respondent(options, '/user/7', { method: 'POST' })).status).toBe(405)
  })

  test('has a length and no body on HEAD', async () => {
    const asked = { method: 'HEAD', headers: NAVIGATION }
    const { status, headers, body } = await respondent(FALLBACK, '/user/7', asked)
    expect(status).toBe(200)
    expect(headers['content-length']).toBe(String(APP.length))
    expect(body).toHaveLength(0)
  })

  test('is a 304 for the client that has it, at any path', async () => {
    const { headers } = await respondent(FALLBACK, '/user/7', { headers: NAVIGATION })
    const again = [...NAVIGATION, `If-None-Match: ${headers.etag}`]
    const response = await respondent(FALLBACK, '/user/8', { headers: again })
    expect(response.status).toBe(304)
    expect(response.headers['cache-control']).toBe('no-cache')
  })

  test('has ranges, whose validators are those of the whole', async () => {
    const { headers } = await respondent(FALLBACK, '/user/7', { headers: NAVIGATION })
    const ranged = [...NAVIGATION, 'Range: bytes=0-4', `If-Range: ${headers.etag}`]
    const part = await respondent(FALLBACK, '/user/7', { headers: ranged })
    expect(part.status).toBe(206)
    expect(part.body.toString()).toBe(APP.slice(0, 5))
    expect(part.headers['content-range']).toBe(`bytes 0-4/${APP.length}`)
  })

  test.each([
    ['fingerprinted', 'no-cache'],
    [() => 'public, max-age=60', 'no-cache'],
    [false, undefined],
  ] as const)('with cacheControl %p has Cache-Control %p', async (cacheControl, field) => {
    const options = { ...FALLBACK, cacheControl, maxAge: '1d' }
    const { by, headers } = await respondent(options, '/user/7', { headers: NAVIGATION })
    expect(by).toBe('fallback')
    expect(headers['cache-control']).toBe(field)
  })

  test('gets setHeaders, types, nosniff and transform like any file', async () => {
    const { headers, body } = await respondent(
      {
        ...FALLBACK,
        nosniff: true,
        types: { html: 'application/xhtml+xml' },
        setHeaders: (res) => res.setHeader('Content-Security-Policy', "default-src 'self'"),
        transform: async function* (chunks) {
          for await (const chunk of chunks) yield String(chunk).toUpperCase()
        },
      },
      '/user/7',
      { headers: NAVIGATION },
    )
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'self'",
      'content-type': 'application/xhtml+xml',
      'x-content-type-options': 'nosniff',
    })
    expect(body.toString()).toBe(APP.toUpperCase())
  })

  test('that is missing or excluded falls through', async () => {
    for (const options of [
      { fallback: 'gone.html' },
      { fallback: 'assets' },
      { ...FALLBACK, exclude: /\.html$/ },
    ]) {
      const asked = { headers: NAVIGATION }
      expect((await respondent(options, '/user/7', asked)).by).toBe('next')
      expect((await respondent({ ...options, fallthrough: false }, '/user/7', asked)).status).toBe(
        404,
      )
    }
  })

  test('is judged as a symlink like any file', async () => {
    const directory = directoryOf({})
    symlinkSync(join(root, 'index.html'), join(directory, 'index.html'))
    await withServer(appWith(FALLBACK, directory), async ({ port }) => {
      const response = await request(port, '/user/7', { headers: NAVIGATION })
      expect(responderOf(response)).toBe('next')
    })
  })

  test('follows what a deployment does to it', async () => {
    const directory = directoryOf({ 'index.html': APP })
    await withServer(appWith(FALLBACK, directory), async ({ port }) => {
      const ask = () => request(port, '/user/7', { headers: NAVIGATION })
      expect(responderOf(await ask())).toBe('fallback')
      rmSync(join(directory, 'index.html'))
      expect(responderOf(await ask())).toBe('next')
    })
  })

  test('lets middleware see only what is no navigation', async () => {
    const app = express()
    app.use(streamFiles(root, FALLBACK))
    app.use('/api', (_req, res) => {
      res.json([])
    })
    await withServer(app, async ({ port }) => {
      expect(responderOf(await request(port, '/api/users', { headers: NAVIGATION }))).toBe(
        'fallback',
      )
      const { headers } = await request(port, '/api/users', { headers: SCRIPT })
      expect(headers['content-type']).toMatch('application/json')
    })
  })

  test('below a mount path is found there only', async () => {
    const app = express()
    app.use('/app', streamFiles(root, FALLBACK))
    await withServer(app, async ({ port }) => {
      const ask = (target: string) => request(port, target, { headers: NAVIGATION })
      expect(responderOf(await ask('/app/user/7'))).toBe('fallback')
      expect((await ask('/app')).headers.location).toBe('/app/')
      expect((await ask('/user/7')).status).toBe(404)
    })
  })

  test('redirects lower-case percent-encoding to the spelling that it is sent for', async () => {
    const asked = { headers: NAVIGATION }
    const { status, headers } = await respondent(FALLBACK, '/caf%c3%a9?a=1', asked)
    expect({ status, location: headers.location }).toEqual({
      status: 301,
      location: '/caf%C3%A9?a=1',
    })
    const unredirected = { ...FALLBACK, redirect: false }
    expect((await respondent(unredirected, '/caf%c3%a9', asked)).by).toBe('next')
  })
})

describe('notFound', () => {
  test.each([
    ['a missing file', '/missing.js', SCRIPT],
    ['a missing page', '/missing', NAVIGATION],
    ['a dotfile', '/.env', []],
    ['a path that is not canonical', '//app.js', []],
    ['a missing name in lower-case percent-encoding', '/caf%c3%a9', []],
  ])('is sent for %s', async (_name, target, headers) => {
    const response = await respondent(NOT_FOUND, target, { headers })
    expect(response.by).toBe('page')
    expect(response.headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-type': 'text/html; charset=utf-8',
    })
    for (const name of ['accept-ranges', 'etag', 'last-modified']) {
      expect(response.headers).not.toHaveProperty(name)
    }
  })

  test('has no conditions and no ranges', async () => {
    const { headers } = await respondent({}, '/404.html', {})
    for (const field of [
      `If-None-Match: ${headers.etag}`,
      'If-None-Match: *',
      'If-Match: "other"',
      'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT',
      'Range: bytes=0-4',
    ]) {
      expect((await respondent(NOT_FOUND, '/missing.js', { headers: [field] })).by).toBe('page')
    }
  })

  test('has a length and no body on HEAD', async () => {
    const response = await respondent(NOT_FOUND, '/missing.js', { method: 'HEAD' })
    expect(response.status).toBe(404)
    expect(response.headers['content-length']).toBe(String(PAGE.length))
  })

  test('is not sent for another method, or instead of a status that is not 404', async () => {
    expect((await respondent(NOT_FOUND, '/missing', { method: 'POST' })).by).toBe('next')
    const options = { ...NOT_FOUND, dotfiles: 'deny' as const, fallthrough: false }
    expect((await respondent(options, '/.env', {})).status).toBe(403)
    expect((await respondent(options, '/%00', {})).status).toBe(400)
    expect((await respondent(options, '/missing', {})).by).toBe('page')
  })

  test('never has the policy of the file that is missing', async () => {
    for (const cacheControl of ['fingerprinted', () => 'public, max-age=60'] as const) {
      const options = { ...NOT_FOUND, cacheControl, immutable: true, maxAge: '1y' }
      const { headers } = await respondent(options, '/assets/index-BfD3kZ2q.js', {})
      expect(headers['cache-control']).toBe('no-cache')
    }
  })

  test('is an ordinary file at its own name', async () => {
    expect((await respondent(NOT_FOUND, '/404.html', {})).status).toBe(200)
  })

  test('that is missing falls through', async () => {
    expect((await respondent({ notFound: 'gone.html' }, '/missing', {})).by).toBe('next')
  })

  test('on a bare server replaces the empty 404', async () => {
    await withServer(streamFiles(root, NOT_FOUND), async ({ port }) => {
      expect(responderOf(await request(port, '/missing'))).toBe('page')
    })
  })
})

test('with both, navigations get the fallback and everything else the page', async () => {
  expect((await respondent(BOTH, '/user/7', { headers: NAVIGATION })).by).toBe('fallback')
  expect((await respondent(BOTH, '/user/7', { headers: SCRIPT })).by).toBe('page')
  expect((await respondent(BOTH, '/missing.js', { headers: NAVIGATION })).by).toBe('page')
  expect((await respondent(BOTH, '/.hidden/', { headers: NAVIGATION })).by).toBe('page')
  const options = { ...BOTH, fallback: 'gone.html' }
  expect((await respondent(options, '/user/7', { headers: NAVIGATION })).by).toBe('page')
})

test('both are files of every size, cached or not, and are closed', async () => {
  for (const cache of [undefined, false] as const) {
    const options = { fallback: 'large.html', notFound: 'large.html', cache }
    await withServer(appWith(options), async ({ port }) => {
      const baseline = openDescriptors()
      for (const headers of [NAVIGATION, SCRIPT, NAVIGATION, SCRIPT]) {
        const { body, complete } = await request(port, '/missing', { headers })
        expect(complete).toBe(true)
        expect(body.toString()).toBe(LARGE)
      }
      await descriptorsBackTo(baseline)
    })
  }
})

test('both are negotiated where precompressed is on, and exclude hides their siblings', async () => {
  const directory = directoryOf({
    'index.html': APP,
    'index.html.gz': gzipSync(APP),
    '404.html': PAGE,
    '404.html.gz': gzipSync(PAGE),
  })
  const gzip = 'Accept-Encoding: gzip'
  await withServer(appWith({ ...BOTH, precompressed: true }, directory), async ({ port }) => {
    const app = await request(port, '/user/7', { headers: [...NAVIGATION, gzip] })
    const page = await request(port, '/user/7', { headers: [...SCRIPT, gzip] })
    for (const { headers } of [app, page]) {
      expect(headers).toMatchObject({
        'cache-control': 'no-cache',
        'content-encoding': 'gzip',
        vary: 'Accept-Encoding',
      })
    }
    expect(gunzipSync(app.body).toString()).toBe(APP)
    expect(app.headers.etag).toMatch(/-gzip"$/)
    expect(page.status).toBe(404)
    expect(gunzipSync(page.body).toString()).toBe(PAGE)
    expect(page.headers).not.toHaveProperty('etag')
  })
  const hidden = { ...BOTH, precompressed: true, exclude: /\.gz$/ }
  await withServer(appWith(hidden, directory), async ({ port }) => {
    const response = await request(port, '/user/7', { headers: [...NAVIGATION, gzip] })
    expect(responderOf(response)).toBe('fallback')
    expect(response.headers).not.toHaveProperty('content-encoding')
  })
})

test('both come from a source of the application, which is told of conditions for the fallback only', async () => {
  const contexts: [string, OpenContext][] = []
  const memory = memorySource({ 'index.html': APP, '404.html': PAGE })
  const source: Source = {
    open: (name, context) => {
      contexts.push([name, context])
      return memory.open(name, context)
    },
  }
  const app = express()
  app.use(streamFiles(source, BOTH))
  await withServer(app, async ({ port }) => {
    const conditional = ['If-None-Match: "a"', 'Range: bytes=0-4']
    const part = await request(port, '/user/7', { headers: [...NAVIGATION, 'Range: bytes=0-4'] })
    expect([part.status, part.body.toString()]).toEqual([206, APP.slice(0, 5)])
    contexts.length = 0
    const page = await request(port, '/missing.js', { headers: conditional })
    expect(responderOf(page)).toBe('page')
  })
  const [, asked] = contexts.find(([name]) => name === 'missing.js') ?? []
  expect(asked).toMatchObject({ range: 'bytes=0-4', conditions: { ifNoneMatch: '"a"' } })
  const [, forPage] = contexts.find(([name]) => name === '404.html') ?? []
  expect(forPage).toMatchObject({ method: 'GET', range: undefined, conditions: undefined })
})

test('both come from the first of several roots that has them', async () => {
  const first = directoryOf({ 'index.html': APP })
  const app = express()
  app.use(streamFiles([first, memorySource({ 'index.html': 'second', '404.html': PAGE })], BOTH))
  await withServer(app, async ({ port }) => {
    expect(responderOf(await request(port, '/user/7', { headers: NAVIGATION }))).toBe('fallback')
    expect(responderOf(await request(port, '/user/7', { headers: SCRIPT }))).toBe('page')
  })
})

test('compression() compresses both', async () => {
  const app = express()
  app.use(compression())
  app.use(streamFiles(root, { ...FALLBACK, notFound: 'index.html' }))
  await withServer(app, async ({ url }) => {
    const headers = { 'Accept-Encoding': 'gzip' }
    for (const [accept, status] of [
      ['text/html', 200],
      ['*/*', 404],
    ] as const) {
      const response = await fetch(`${url}/user/7`, { headers: { ...headers, accept } })
      expect(response.status).toBe(status)
      expect(response.headers.get('content-encoding')).toBe('gzip')
      expect(response.headers.get('vary')).toBe('Accept-Encoding')
      expect(await response.text()).toBe(APP)
    }
  })
})

test('HTTP/2 gets both', () =>
  withHttp2Client(
    (req, res) => streamFiles(root, BOTH)(req, res),
    async ({ session }) => {
      for (const [accept, status, text] of [
        ['text/html', 200, APP],
        ['*/*', 404, PAGE],
      ] as const) {
        const stream = openStream(session, '/user/7', { accept })
        let received: number | undefined
        stream.on('response', (headers) => {
          received = headers[':status']
        })
        let body = ''
        for await (const chunk of stream) body += chunk
        expect({ received, body }).toEqual({ received: status, body: text })
      }
    },
  ))

const behindNginx = nginxCommand === undefined ? test.skip : test
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: no fallback behind nginx, which is not installed\n')
}

behindNginx('nginx passes both on with its defaults', () =>
  withServer(appWith(BOTH), async ({ port: upstream }) => {
    const { port, close } = await startBufferingProxy(nginxCommand ?? '', upstream)
    try {
      expect(responderOf(await request(port, '/user/7', { headers: NAVIGATION }))).toBe('fallback')
      expect(responderOf(await request(port, '/user/7', { headers: SCRIPT }))).toBe('page')
    } finally {
      await close()
    }
  }),
)

test('neither is sent to a client that has disconnected', async () => {
  const serveFiles = streamFiles(root, BOTH)
  const calls: boolean[] = []
  const listener: RequestListener = (req, res) => {
    res.once('close', () => serveFiles(req, res, () => calls.push(res.headersSent)))
  }
  await withServer(listener, ({ port }) =>
    expectSilence(async () => {
      const socket = await ask(port, '/user/7', NAVIGATION)
      await disconnected(socket, 'RST')
      await eventually(() => calls.length > 0)
    }),
  )
  expect(calls).toEqual([false])
})

test('an error of the file system is not taken for a missing page', async () => {
  const directory = directoryOf({ 'index.html': APP })
  const tooMany = Object.assign(new Error('too many open files'), { code: 'EMFILE' })
  jest.spyOn(require('node:fs'), 'open').mockImplementation((...given: unknown[]) => {
    const path = String(given[0])
    const callback = given.at(-1) as (error: Error) => void
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    process.nextTick(() => callback(path.endsWith('index.html') ? tooMany : missing))
  })
  try {
    await withServer(appWith(FALLBACK, directory), async ({ port }) => {
      const { status } = await request(port, '/user/7', { headers: NAVIGATION })
      expect(status).toBe(503)
    })
  } finally {
    jest.restoreAllMocks()
  }
})
