import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import compression from 'compression'
import type { RequestHandler } from 'express'
import { memorySource, type Source, type StreamFilesOptions, streamFiles } from '../lib/index.js'
import { ask, disconnected, firstBytes } from './support/clients.js'
import { setClockAhead } from './support/clock.js'
import { descriptorsBackTo, eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { age, directoryOf, openDescriptors, patternOf, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const BR = ['Accept-Encoding: br']
const GZIP = ['Accept-Encoding: gzip']
const SCRIPT = patternOf(3000)
const SCRIPT_BR = patternOf(500)
const SCRIPT_GZIP = gzipSync(SCRIPT)
const LARGE_BR = patternOf(8 * 1024 * 1024)

function site(): string {
  return directoryOf({
    'app.js': SCRIPT,
    'app.js.br': SCRIPT_BR,
    'app.js.gz': SCRIPT_GZIP,
    'plain.txt': 'plain',
    'index.html': '<p>',
    'index.html.br': 'index as br',
    'about.html': '<p>about',
    'about.html.br': 'about as br',
    'orphan.js.br': 'no original',
    'large.bin': 'small',
    'large.bin.br': LARGE_BR,
  })
}

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

type Get = (
  target: string,
  headers?: readonly string[],
  details?: { method?: string; version?: string },
) => Promise<RawResponse>

/** Runs `use` against an app with middleware in front of the files. */
function withFiles(
  root: string,
  options: StreamFilesOptions,
  use: (get: Get, port: number) => Promise<void>,
  inFront: readonly RequestHandler[] = [],
): Promise<void> {
  const app = express()
  for (const middleware of inFront) app.use(middleware)
  app.use(streamFiles(root, { precompressed: true, ...options }))
  return withServer(app, ({ port }) =>
    use((target, headers = [], details) => request(port, target, { headers, ...details }), port),
  )
}

describe.each<[string, StreamFilesOptions]>([
  ['cached', {}],
  ['uncached', { cache: false }],
])('a file with siblings, %s', (_kind, options) => {
  const root = site()

  test('has the type of the original, the coding, and a strong entity tag for each coding', () =>
    withFiles(root, options, async (get) => {
      const tags = new Set()
      for (const [headers, coding, body] of [
        [BR, 'br', SCRIPT_BR],
        [GZIP, 'gzip', SCRIPT_GZIP],
        [[], undefined, SCRIPT],
      ] as const) {
        const response = await get('/app.js', headers)
        expect(response.headers).toMatchObject({
          'content-type': 'text/javascript; charset=utf-8',
          'accept-ranges': 'bytes',
          vary: 'Accept-Encoding',
          etag: expect.stringMatching(/^"/),
        })
        expect(response.headers['content-encoding']).toBe(coding)
        expect(response.body).toEqual(body)
        tags.add(response.headers.etag)
      }
      expect(tags.size).toBe(3)
    }))

  test('is revalidated with the entity tag of its coding only', () =>
    withFiles(root, options, async (get) => {
      const etag = (await get('/app.js', BR)).headers.etag ?? ''
      const match = `If-None-Match: ${etag}`
      const notModified = await get('/app.js', [...BR, match])
      expect(notModified.status).toBe(304)
      expect(notModified.headers).toMatchObject({ etag, vary: 'Accept-Encoding' })
      expect(notModified.headers['content-encoding']).toBeUndefined()
      expect((await get('/app.js', [...GZIP, match])).status).toBe(200)
      expect((await get('/app.js', [match])).status).toBe(200)
      expect((await get('/app.js', [...BR, `If-Match: ${etag}`])).status).toBe(200)
      const failed = await get('/app.js', [`If-Match: ${etag}`])
      expect(failed.status).toBe(412)
      expect(failed.headers.vary).toBe('Accept-Encoding')
    }))

  test('has ranges of the encoded bytes', () =>
    withFiles(root, options, async (get) => {
      const { etag, 'last-modified': date } = (await get('/app.js', BR)).headers
      const range = [...BR, 'Range: bytes=100-199']
      for (const headers of [range, [...range, `If-Range: ${etag}`]]) {
        const part = await get('/app.js', headers)
        expect(part.status).toBe(206)
        expect(part.headers).toMatchObject({
          'content-encoding': 'br',
          'content-range': 'bytes 100-199/500',
          etag,
          vary: 'Accept-Encoding',
        })
        expect(part.body).toEqual(SCRIPT_BR.subarray(100, 200))
      }
      const beyond = await get('/app.js', [...BR, 'Range: bytes=500-'])
      expect(beyond.status).toBe(416)
      expect(beyond.headers).toMatchObject({
        'content-range': 'bytes */500',
        vary: 'Accept-Encoding',
      })
      // A part of another coding must not be completed with these bytes; both have the same date.
      for (const [validator, accepted] of [
        [etag, GZIP],
        [date, BR],
        [date, []],
      ] as const) {
        const headers = [...accepted, 'Range: bytes=100-199', `If-Range: ${validator}`]
        expect((await get('/app.js', headers)).status).toBe(200)
      }
    }))

  test('is sent whole if several ranges of an encoded body are requested', () =>
    withFiles(root, options, async (get) => {
      const range = 'Range: bytes=0-9,20-29'
      const whole = await get('/app.js', [...BR, range])
      expect(whole).toMatchObject({ status: 200, body: SCRIPT_BR })
      expect((await get('/app.js', [range])).status).toBe(206)
    }))

  test('has the length of the encoded body for HEAD, HTTP/1.0 and contentLength', () =>
    withFiles(root, { ...options, contentLength: 'auto' }, async (get) => {
      const encoded = { 'content-length': '500', 'content-encoding': 'br', vary: 'Accept-Encoding' }
      expect((await get('/app.js', BR)).headers).toMatchObject(encoded)
      expect((await get('/app.js', BR, { method: 'HEAD' })).headers).toMatchObject(encoded)
      const old = await get('/app.js', BR, { version: '1.0' })
      expect(old).toMatchObject({ headers: encoded, body: SCRIPT_BR, complete: true })
    }))

  test('is negotiated as an index file and with an extension', () =>
    withFiles(root, { ...options, extensions: 'html' }, async (get) => {
      for (const [target, text] of [
        ['/', 'index as br'],
        ['/about', 'about as br'],
      ] as const) {
        const { headers, body } = await get(target, BR)
        expect(body.toString()).toBe(text)
        expect(headers).toMatchObject({
          'content-type': 'text/html; charset=utf-8',
          'content-encoding': 'br',
        })
      }
    }))

  test('does not exist if only the sibling does', () =>
    withFiles(root, options, async (get) => {
      expect((await get('/orphan.js', BR)).status).toBe(404)
    }))

  test('is found in its sibling as an ordinary file, under the name of that', () =>
    withFiles(root, options, async (get) => {
      const { headers, body } = await get('/app.js.gz', GZIP)
      expect(body).toEqual(SCRIPT_GZIP)
      expect(headers['content-type']).toBe('application/gzip')
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers.vary).toBeUndefined()
    }))

  test('has a Vary without a sibling too', () =>
    withFiles(root, options, async (get) => {
      const { headers, body } = await get('/plain.txt', BR)
      expect(body.toString()).toBe('plain')
      expect(headers['content-encoding']).toBeUndefined()
      expect(headers.vary).toBe('Accept-Encoding')
    }))

  test('closes every file, also if the client disconnects', () =>
    withFiles(root, options, async (get, port) => {
      const baseline = openDescriptors()
      for (const target of ['/app.js', '/orphan.js', '/', '/app.js.gz', '/plain.txt']) {
        for (const method of ['GET', 'HEAD']) await get(target, BR, { method })
      }
      for (const how of ['FIN', 'RST'] as const) {
        const socket = await ask(port, '/large.bin', BR)
        await firstBytes(socket)
        await disconnected(socket, how)
      }
      await descriptorsBackTo(baseline)
    }))
})

test('a sibling that changes, disappears or becomes too old is noticed at once', () => {
  const root = site()
  const sibling = join(root, 'app.js.br')
  return withFiles(root, {}, async (get) => {
    const text = async () => (await get('/app.js', BR)).body
    expect(await text()).toEqual(SCRIPT_BR)
    expect(await text()).toEqual(SCRIPT_BR)
    writeFileSync(sibling, 'another')
    expect(await text()).toEqual(Buffer.from('another'))
    age(sibling, new Date('2020-01-01'))
    expect(await text()).toEqual(SCRIPT)
    rmSync(sibling)
    expect(await text()).toEqual(SCRIPT)
    writeFileSync(sibling, 'again')
    expect(await text()).toEqual(Buffer.from('again'))
    writeFileSync(join(root, 'app.js'), 'newer')
    age(sibling)
    expect(await text()).toEqual(Buffer.from('newer'))
  })
})

test.each([
  ['inside', 'target as br'],
  ['follow', 'target as br'],
  ['deny', '<p>'],
] as const)('with symlinks: %s a sibling that is a symlink is %s', (symlinks, text) => {
  const root = directoryOf({ 'page.html': '<p>', target: 'target as br' })
  symlinkSync('target', join(root, 'page.html.br'))
  return withFiles(root, { symlinks }, async (get) => {
    expect((await get('/page.html', BR)).body.toString()).toBe(text)
  })
})

test('a directory that has a sibling is redirected to', () => {
  const root = directoryOf({ 'docs.br': 'no file' })
  mkdirSync(join(root, 'docs'))
  return withFiles(root, {}, async (get) => {
    expect((await get('/docs', BR)).status).toBe(301)
  })
})

test('with several roots a sibling comes from the root of its original', () => {
  const first = directoryOf({ 'app.js': 'first', 'other.js.br': 'no original here' })
  const second = directoryOf({
    'app.js': 'second',
    'app.js.br': 'second as br',
    'other.js': 'other',
  })
  const files = streamFiles([first, second], { precompressed: true })
  return withServer(express().use(files), async ({ port }) => {
    const text = async (target: string) =>
      (await request(port, target, { headers: BR })).body.toString()
    expect(await text('/app.js')).toBe('first')
    expect(await text('/other.js')).toBe('other')
    writeFileSync(join(first, 'app.js.br'), 'first as br')
    expect(await text('/app.js')).toBe('first as br')
  })
})

describe('a source', () => {
  test('in memory has siblings, which have no times', () => {
    const source = memorySource({ 'app.js': 'plain', 'app.js.br': 'as br' })
    const files = streamFiles(source, { precompressed: true })
    return withServer(express().use(files), async ({ port }) => {
      const { headers, body } = await request(port, '/app.js', { headers: BR })
      expect(body.toString()).toBe('as br')
      expect(headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'content-encoding': 'br',
        vary: 'Accept-Encoding',
        etag: expect.stringMatching(/^"[\w-]{43}-br"$/),
      })
      const again = [...BR, `If-None-Match: ${headers.etag}`]
      expect((await request(port, '/app.js', { headers: again })).status).toBe(304)
    })
  })

  test('of the application gives the type and headers of the original, and is closed', () => {
    const open = new Set<string>()
    const conditions: unknown[] = []
    const source: Source = {
      open(name, context) {
        conditions.push(context.conditions)
        if (!name.startsWith('app')) return undefined
        open.add(name)
        const close = () => void open.delete(name)
        const stored = name === 'app' ? { type: 'text/x-app', cacheControl: 'no-store' } : {}
        return { ...stored, size: 7, etag: `"${name}"`, chunks: () => [Buffer.alloc(7)], close }
      },
    }
    const files = streamFiles(source, { precompressed: ['zstd', 'gzip'] })
    return withServer(express().use(files), async ({ port }) => {
      // The source does not know the entity tag that the response has.
      const headers = ['Accept-Encoding: zstd, gzip', 'If-Match: "app.zst-zstd"']
      const response = await request(port, '/app', { headers })
      expect(response.status).toBe(200)
      expect(response.headers).toMatchObject({
        'content-type': 'text/x-app',
        'content-encoding': 'zstd',
        'cache-control': 'no-store',
        etag: '"app.zst-zstd"',
      })
      expect(conditions).toEqual([undefined, undefined])
      await eventually(() => open.size === 0)
    })
  })
})

test('without the option no sibling is sent', () =>
  withFiles(site(), { precompressed: false }, async (get) => {
    const { headers, body } = await get('/app.js', BR)
    expect(body).toEqual(SCRIPT)
    expect(headers.vary).toBeUndefined()
    expect(headers['content-encoding']).toBeUndefined()
  }))

test.each([
  ['Origin', 'Origin, Accept-Encoding'],
  ['accept-encoding, Origin', 'accept-encoding, Origin'],
  ['*', '*'],
])('Accept-Encoding is added to Vary: %s', (vary, expected) =>
  withFiles(
    site(),
    {},
    async (get) => {
      const { etag, vary: sent } = (await get('/app.js', BR)).headers
      expect(sent).toBe(expected)
      const notModified = await get('/app.js', [...BR, `If-None-Match: ${etag}`])
      expect(notModified.headers.vary).toBe(expected)
    },
    [
      (_req, res, next) => {
        res.setHeader('Vary', vary)
        next()
      },
    ],
  ),
)

describe('callbacks', () => {
  test('get the path and the metadata of the original', () => {
    const root = site()
    const calls: unknown[] = []
    const options: StreamFilesOptions = {
      setHeaders: (_res, path, { size }) => calls.push([path, size]),
      etag: ({ path, size }) => {
        calls.push([path, size])
        return 'v1'
      },
    }
    return withFiles(root, { ...options, cache: false }, async (get) => {
      const original = [join(root, 'app.js'), SCRIPT.length]
      expect((await get('/app.js', BR)).headers.etag).toBe('"v1-br"')
      expect((await get('/app.js')).headers.etag).toBe('"v1"')
      expect(calls).toEqual([original, original, original, original])
    })
  })

  test('set an entity tag and a type that are adapted and kept', () => {
    const setHeaders: StreamFilesOptions['setHeaders'] = (res) => {
      res.setHeader('ETag', '"own"')
      res.setHeader('Content-Type', 'text/x-own')
    }
    return withFiles(site(), { setHeaders }, async (get) => {
      expect((await get('/app.js', GZIP)).headers).toMatchObject({
        etag: '"own-gzip"',
        'content-type': 'text/x-own',
      })
      const again = await get('/app.js', [...GZIP, 'If-None-Match: "own-gzip"'])
      expect(again.status).toBe(304)
    })
  })
})

test('compression() does not encode an encoded body again', () =>
  withFiles(
    site(),
    {},
    async (get) => {
      const encoded = await get('/app.js', BR)
      expect(encoded.body).toEqual(SCRIPT_BR)
      expect(encoded.headers).toMatchObject({
        'content-encoding': 'br',
        etag: expect.stringMatching(/^".*-br"$/),
        vary: 'Accept-Encoding',
      })
      const { etag } = encoded.headers
      expect((await get('/app.js', [...BR, `If-None-Match: ${etag}`])).status).toBe(304)
      const part = await get('/app.js', [...BR, 'Range: bytes=1-5', `If-Range: ${etag}`])
      expect(part.body).toEqual(SCRIPT_BR.subarray(1, 6))
      // A file without a sibling is compressed as before.
      const deflated = await get('/app.js', ['Accept-Encoding: deflate'])
      expect(deflated.headers).toMatchObject({
        'content-encoding': 'deflate',
        etag: expect.stringMatching(/^W\//),
        vary: 'Accept-Encoding',
      })
    },
    [compression({ threshold: 0 })],
  ))

test('HTTP/2 streams get the encoded body', () => {
  const handler = streamFiles(site(), { precompressed: true })
  return withHttp2Client(handler, async ({ session, disconnect }) => {
    const stream = openStream(session, '/large.bin', { 'accept-encoding': 'gzip, br' })
    const headers: Record<string, unknown>[] = []
    const received: Buffer[] = []
    stream.on('response', (fields) => headers.push(fields))
    stream.on('data', (bytes) => received.push(bytes))
    await eventually(() => stream.destroyed)
    expect(headers[0]).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(Buffer.concat(received).equals(LARGE_BR)).toBe(true)
    await disconnect()
  })
})
