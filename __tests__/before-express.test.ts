import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { ErrorRequestHandler } from 'express'
import { beforeExpress, type Outcome, streamFiles } from '../lib/index.js'
import { compile } from './support/compile.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, patternOf, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

type App = ReturnType<typeof express>
type Http2Listener = (req: Http2ServerRequest, res: Http2ServerResponse) => void

// It has no types.
const http2Express: (factory: typeof express) => App & Http2Listener = require('http2-express')

const large = patternOf(300_000)
const root = directoryOf({
  'file.txt': 'a file',
  'large.bin': large,
  'docs/index.html': '<p>docs</p>',
  '.env': 'dotfile',
  'failing.txt': 'a file',
})
const other = directoryOf({ 'other.txt': 'another file' })
afterAll(removeDirectories)

const outcomes: Outcome[] = []
const files = streamFiles(root, {
  onOutcome: (outcome) => void outcomes.push(outcome),
  setHeaders(_res, path) {
    if (path.endsWith('failing.txt')) throw new Error('out of order')
  },
})

const seenByApp: string[] = []

function appOf<Given extends App>(app: Given): Given {
  app.use((req, _res, next) => {
    seenByApp.push(`${req.method} ${req.url}`)
    next()
  })
  app.post('/echo', express.json(), (req, res) => {
    res.json({ body: req.body, query: req.query, originalUrl: req.originalUrl })
  })
  app.get('/hello', (_req, res) => {
    res.send('hello')
  })
  app.use((_req, res) => {
    res.status(404).send('nothing found')
  })
  const onError: ErrorRequestHandler = (_error, _req, res, _next) => {
    res.status(500).send('the error page')
  }
  app.use(onError)
  return app
}

beforeEach(() => {
  seenByApp.length = 0
  outcomes.length = 0
})

describe('on node:http', () => {
  const listener = beforeExpress(files, appOf(express()))
  const ask = (target: string, given: Parameters<typeof request>[2] = {}) =>
    withServer(listener, ({ port }) => request(port, target, given))

  test('a file is served, and the app does not see its request', async () => {
    const response = await ask('/large.bin')
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.body.equals(large)).toBe(true)
    expect(response.headers).not.toHaveProperty('x-powered-by')
    expect(seenByApp).toEqual([])
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: large.length, completed: true }])
  })

  test('preconditions, ranges, redirects and HEAD are those of streamFiles', async () => {
    const { headers } = await ask('/file.txt')
    const conditional = { headers: [`If-None-Match: ${headers.etag}`] }
    expect((await ask('/file.txt', conditional)).status).toBe(304)
    expect((await ask('/file.txt', { headers: ['Range: bytes=0-0'] })).body.toString()).toBe('a')
    expect((await ask('/docs')).headers.location).toBe('/docs/')
    expect((await ask('/file.txt', { method: 'HEAD' })).headers['content-length']).toBe('6')
    expect(seenByApp).toEqual([])
  })

  test.each(['/hello', '/missing.txt', '/.env', '//file.txt', '/%66ile.txt', '/..%2ffile.txt'])(
    '%s reaches the app',
    async (target) => {
      const { body } = await ask(target)
      expect(body.toString()).toBe(target === '/hello' ? 'hello' : 'nothing found')
      expect(seenByApp).toEqual([`GET ${target}`])
      expect(outcomes).toEqual([])
    },
  )

  test('a request with a body reaches the app with its body', async () => {
    const json = JSON.stringify({ text: 'x'.repeat(50_000) })
    const response = await withServer(listener, ({ url }) =>
      fetch(`${url}/echo?a=b`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: json,
      }),
    )
    expect(await response.json()).toEqual({
      body: JSON.parse(json),
      query: { a: 'b' },
      originalUrl: '/echo?a=b',
    })
  })

  test('an error is a bare status, and reported by onOutcome', async () => {
    const response = await ask('/failing.txt')
    expect(response).toMatchObject({ status: 500, headers: { 'content-length': '0' } })
    expect(seenByApp).toEqual([])
    expect(outcomes).toMatchObject([{ status: 500, error: { status: 500 } }])
  })

  test('the app gets req and res as a server without files has them', async () => {
    const shapeOf = (req: IncomingMessage, res: ServerResponse) => ({
      req: [Object.getPrototypeOf(req), ...Object.keys(req)],
      res: [Object.getPrototypeOf(res), ...Object.keys(res)],
      listeners: [req, res].flatMap((emitter) =>
        emitter.eventNames().map((name) => `${String(name)} ${emitter.listenerCount(name)}`),
      ),
      response: [res.statusCode, res.headersSent, res.getHeaderNames()],
      flowing: req.readableFlowing,
    })
    const shapes: unknown[] = []
    const bare = (req: IncomingMessage, res: ServerResponse) => {
      shapes.push(shapeOf(req, res))
      res.end()
    }
    await withServer(bare, ({ port }) => request(port, '/missing.txt'))
    await withServer(beforeExpress(files, bare), ({ port }) => request(port, '/missing.txt'))
    expect(shapes[1]).toEqual(shapes[0])
  })

  test.each([undefined, null, false])('%p is no error of the middleware in front', async (none) => {
    const passing = (_req: unknown, _res: unknown, next: (error?: Error) => void) =>
      next(none as undefined)
    const { body } = await withServer(beforeExpress(passing, appOf(express())), ({ port }) =>
      request(port, '/hello'),
    )
    expect(body.toString()).toBe('hello')
  })

  test('several are tried in turn', async () => {
    const both = beforeExpress(files, beforeExpress(streamFiles(other), appOf(express())))
    await withServer(both, async ({ port }) => {
      const bodies = []
      for (const target of ['/file.txt', '/other.txt', '/hello']) {
        bodies.push(String((await request(port, target)).body))
      }
      expect(bodies).toEqual(['a file', 'another file', 'hello'])
    })
  })

  test('a wrapper shows errors on a page of its own', async () => {
    const withErrorPage: typeof files = (req, res, next) =>
      files(req, res, (error) => {
        if (error === undefined) return next?.()
        res.statusCode = 500
        res.end(Buffer.from('sorry'))
      })
    const { body } = await withServer(beforeExpress(withErrorPage, appOf(express())), ({ port }) =>
      request(port, '/failing.txt'),
    )
    expect(body.toString()).toBe('sorry')
  })
})

test('on node:http2, the app is any listener', () =>
  withHttp2Client(
    beforeExpress(files, (_req, res) => {
      res.writeHead(200).end('the app')
    }),
    async ({ session }) => {
      const textOf = async (path: string) => {
        let text = ''
        for await (const chunk of openStream(session, path)) text += String(chunk)
        return text
      }
      expect(await textOf('/file.txt')).toBe('a file')
      expect(await textOf('/missing.txt')).toBe('the app')
      expect(await textOf('/failing.txt')).toBe('')
      await eventually(() => outcomes.length === 2)
      expect(outcomes).toMatchObject([{ status: 200 }, { status: 500 }])
    },
  ))

test('on node:http2, Express with an adapter', () =>
  withHttp2Client(beforeExpress(files, appOf(http2Express(express))), async ({ session }) => {
    const answerTo = async (path: string) => {
      const stream = openStream(session, path)
      let status: unknown
      stream.once('response', (headers) => {
        status = headers[':status']
      })
      let text = ''
      for await (const chunk of stream) text += String(chunk)
      return `${status} ${text}`
    }
    expect(await answerTo('/file.txt')).toBe('200 a file')
    expect(await answerTo('/hello')).toBe('200 hello')
    expect(await answerTo('/missing.txt')).toBe('404 nothing found')
    expect(seenByApp).toEqual(['GET /hello', 'GET /missing.txt'])
  }))

describe('the types', () => {
  const prelude = `
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import express from 'express'
import Koa from 'koa'
import { beforeExpress, streamFiles } from 'express-stream-files'
declare const adapted: any
declare const overHttp2: (req: Http2ServerRequest, res: Http2ServerResponse) => void
declare const overBoth: express.Express & typeof overHttp2
const tls = { key: '', cert: '' }
const app = express()
const koa = new Koa().callback()
const files = streamFiles('public')
`
  const compiling = [
    'createServer(beforeExpress(files, app))',
    'createServer({}, beforeExpress(files, app))',
    'createHttpsServer(tls, beforeExpress(files, app))',
    'createServer(beforeExpress(files, beforeExpress(streamFiles("b"), app)))',
    'createServer(beforeExpress(files, (req, res) => { res.end(req.headersDistinct.host?.[0]) }))',
    'createServer({}, beforeExpress(files, (req, res) => { res.end(req.headersDistinct.host?.[0]) }))',
    'createSecureServer(beforeExpress(files, (req, res) => { res.end(req.authority) }))',
    ...['adapted', 'koa', 'overBoth', 'streamFiles("b")', '() => {}'].map(
      (any) =>
        `createServer({}, beforeExpress(files, ${any})); createSecureServer({ ...tls, allowHTTP1: true }, beforeExpress(files, ${any}))`,
    ),
    'createSecureServer({ ...tls, allowHTTP1: true }, beforeExpress(files, overHttp2))',
    'createSecureServer(tls, beforeExpress(files, beforeExpress(streamFiles("b"), overHttp2)))',
    'const listener = beforeExpress(files, koa); createServer(listener); createSecureServer(listener)',
  ]
  // Express crashes on a request of node:http2.
  const failing = [
    'createSecureServer(beforeExpress(files, app))',
    'createSecureServer({ ...tls, allowHTTP1: true }, beforeExpress(files, app))',
    'createServer({}, beforeExpress(files, overHttp2))',
  ]
  const errors = compile(
    new Map([...compiling, ...failing].map((code, i) => [`${i}.ts`, prelude + code])),
  )

  test.each(compiling.map((code, i) => [code, i] as const))('%s compiles', (_code, i) => {
    expect(errors.get(`${i}.ts`)).toBeUndefined()
  })

  test.each(failing.map((code, i) => [code, compiling.length + i] as const))(
    '%s does not compile',
    (_code, i) => {
      expect(errors.get(`${i}.ts`)).toMatch(/not assignable|No overload/)
    },
  )
})

test.each([
  [undefined, appOf(express()), 'files must be a function, not undefined'],
  ['public', appOf(express()), 'files must be a function, not "public"'],
  [files, {}, 'app must be a function, not an object'],
])('%p and %p are no arguments', (one, two, message) => {
  expect(() => beforeExpress(one as typeof files, two as ReturnType<typeof express>)).toThrow(
    new TypeError(`beforeExpress: ${message}`),
  )
})
