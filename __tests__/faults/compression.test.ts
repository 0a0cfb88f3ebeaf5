import { randomBytes } from 'node:crypto'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import compression from 'compression'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const LARGE = 3 * 1024 * 1024
const text = patternOf(LARGE)
// Does not become smaller, so that the client's buffers do not hold all of it.
const noise = randomBytes(4 * LARGE)
const directory = directoryOf({
  'large.txt': text,
  'noise.txt': noise,
  'small.txt': text.subarray(0, 2000),
  'large.png': text,
  'large.mp4': text,
  'large.bin': text,
  'large.tar': text,
})

afterAll(removeDirectories)

const outcomes: Outcome[] = []
const app = express()
app.use(compression())
app.get('/one/:name', (req, res) => {
  void streamResponse(res, join(directory, req.params.name)).then((outcome) =>
    outcomes.push(outcome),
  )
})
app.get('/download/:name', (req, res) => {
  void streamResponse(res, join(directory, req.params.name), { download: true })
})
app.get('/etag/:name', (req, res) => {
  void streamResponse(res, join(directory, req.params.name), { etag: () => 'own' })
})
app.get('/fixed/:name', (req, res) => {
  const headers = { 'Cache-Control': 'no-transform' }
  void streamResponse(res, join(directory, req.params.name), { headers })
})
app.get('/generated', (_req, res) => {
  const headers = { ETag: '"own"' }
  void streamResponse(res, [text].values(), { headers, type: 'txt', download: 'a.txt' })
})
app.use(streamFiles(directory))

beforeEach(() => outcomes.splice(0))

const GZIP = 'Accept-Encoding: gzip'

test.each([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
])('behind compression() a whole body is right in %s', async (coding, decode) => {
  await withServer(app, async ({ port }) => {
    const headers = [`Accept-Encoding: ${coding}`]
    const response = await request(port, '/large.txt', { headers })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers).toMatchObject({ 'content-encoding': coding })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(decode(response.body).equals(text)).toBe(true)
  })
})

test('behind compression() a part is not compressed: its offsets count plain bytes', async () => {
  await withServer(app, async ({ port }) => {
    const headers = [GZIP, 'Range: bytes=100000-299999']
    const response = await request(port, '/large.txt', { headers })
    expect(response).toMatchObject({ status: 206, complete: true })
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(response.headers['content-range']).toBe(`bytes 100000-299999/${LARGE}`)
    expect(response.body.equals(text.subarray(100_000, 300_000))).toBe(true)
  })
})

test('behind compression() clients that disconnect leak no descriptor, and nothing is logged', async () => {
  await withServer(app, async ({ port }) => {
    const baseline = openDescriptors()
    await expectSilence(async () => {
      const visits = Array.from({ length: 20 }, async (_, index) => {
        const socket = await ask(port, `/one/noise.txt`, [GZIP])
        await firstBytes(socket)
        await disconnected(socket, index % 2 === 0 ? 'FIN' : 'RST')
      })
      await Promise.all(visits)
      await eventually(() => outcomes.length === visits.length)
      await descriptorsBackTo(baseline)
    })
    expect(outcomes.filter(({ aborted, error }) => !aborted || error !== undefined)).toEqual([])
  })
})

test('behind compression() the response with a file that shrinks is aborted, and the outcome has the reason', async () => {
  await withServer(app, async ({ port }) => {
    const file = join(directory, 'noise.txt')
    const socket = await ask(port, '/one/noise.txt', [GZIP])
    await firstBytes(socket)
    truncateSync(file, 1000)
    socket.resume()
    await eventually(() => outcomes.length === 1 && socket.destroyed)
    expect(outcomes).toMatchObject([{ completed: false, error: { code: 'ERR_FILE_CHANGED' } }])
  })
})

/** The identity bytes of a response, whatever coding it came in. */
function decoded({ headers, body }: RawResponse): Buffer {
  return headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

// Cached and not, with an ETag of ours and of the application.
const COMPRESSED = ['/small.txt', '/small.txt', '/large.txt', '/one/large.txt', '/etag/large.txt']
const KEPT = [
  ['/large.png', undefined],
  ['/large.mp4', undefined],
  ['/fixed/large.txt', 'no-transform'],
  ['/large.bin', 'public, max-age=0, no-transform'],
  ['/large.tar', 'public, max-age=0, no-transform'],
  ['/download/large.txt', 'public, max-age=0, no-transform'],
] as const

describe('behind compression()', () => {
  test.each(COMPRESSED)('%s has a weak tag, compressed or not', async (target) => {
    await withServer(app, async ({ port }) => {
      const gzip = await request(port, target, { headers: [GZIP] })
      const plain = await request(port, target)
      const head = await request(port, target, { method: 'HEAD', headers: [GZIP] })
      expect(gzip.headers['content-encoding']).toBe('gzip')
      expect(plain.headers).not.toHaveProperty('content-encoding')
      expect(gzip.headers.etag).toMatch(/^W\/"/)
      expect(plain.headers.etag).toBe(gzip.headers.etag)
      expect(head.headers.etag).toBe(gzip.headers.etag)
    })
  })

  test('the strong tag that an application has set on a generated body becomes weak', async () => {
    await withServer(app, async ({ port }) => {
      const response = await request(port, '/generated', { headers: [GZIP] })
      expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', etag: 'W/"own"' })
    })
  })

  test.each(KEPT)(
    '%s keeps its strong tag and is never compressed',
    async (target, cacheControl) => {
      await withServer(app, async ({ port }) => {
        for (const headers of [[GZIP], []]) {
          const response = await request(port, target, { headers })
          expect(response).toMatchObject({ status: 200, complete: true })
          expect(response.headers).not.toHaveProperty('content-encoding')
          expect(response.headers.etag).toMatch(/^"/)
          if (cacheControl) expect(response.headers['cache-control']).toBe(cacheControl)
        }
      })
    },
  )

  test.each([...COMPRESSED, '/large.png', '/large.bin', '/download/large.txt'])(
    'a 304 of %s has the tag of the 200',
    async (target) => {
      await withServer(app, async ({ port }) => {
        const { headers } = await request(port, target, { headers: [GZIP] })
        const strong = headers.etag?.replace(/^W\//, '')
        for (const tag of [headers.etag, strong]) {
          const unchanged = await request(port, target, {
            headers: [GZIP, `If-None-Match: ${tag}`],
          })
          expect(unchanged.status).toBe(304)
          expect(unchanged.headers.etag).toBe(headers.etag)
          expect(unchanged.headers['cache-control']).toBe(headers['cache-control'])
        }
      })
    },
  )

  test.each([...COMPRESSED, ...KEPT.map(([target]) => target)])(
    'what is resumed of %s by If-Range is of one coding',
    async (target) => {
      await withServer(app, async ({ port }) => {
        const whole = decoded(await request(port, target))
        for (const first of [[GZIP], []]) {
          const begun = await request(port, target, { headers: first })
          const part = begun.body.subarray(0, begun.body.length >> 1)
          const { etag = '', 'last-modified': date = '' } = begun.headers
          for (const validator of [etag, etag.replace(/^W\//, ''), date]) {
            for (const next of [[GZIP], []]) {
              const resumed = await request(port, target, {
                headers: [...next, `Range: bytes=${part.length}-`, `If-Range: ${validator}`],
              })
              const joined = { ...begun, body: Buffer.concat([part, resumed.body]) }
              const result = resumed.status === 206 ? joined : resumed
              expect(decoded(result).equals(whole)).toBe(true)
            }
          }
        }
      })
    },
    20_000,
  )

  test('a truncated download is resumed by If-Range', async () => {
    await withServer(app, async ({ port }) => {
      const { headers } = await request(port, '/download/large.txt', { headers: [GZIP] })
      const resumed = await request(port, '/download/large.txt', {
        headers: [GZIP, 'Range: bytes=1000-', `If-Range: ${headers.etag}`],
      })
      expect(resumed.status).toBe(206)
      expect(resumed.body.equals(text.subarray(1000))).toBe(true)
    })
  })
})

test('without other middleware every tag is strong, and no response has no-transform', async () => {
  await withServer(streamFiles(directory), async ({ port }) => {
    for (const target of ['/small.txt', '/large.txt', '/large.bin', '/large.png']) {
      const { headers } = await request(port, target, { headers: [GZIP] })
      expect(headers.etag).toMatch(/^"/)
      expect(headers['cache-control']).toBe('public, max-age=0')
    }
  })
})

test('behind a compression() without a threshold a redirect is framed', async () => {
  const site = directoryOf({ 'docs/index.html': 'docs' })
  const withType = express()
  withType.use(compression({ threshold: 0 }))
  withType.use((_req, res, next) => {
    res.type('html')
    next()
  })
  withType.use(streamFiles(site))
  await withServer(withType, async ({ port }) => {
    const response = await request(port, '/docs', { headers: [GZIP] })
    expect(response).toMatchObject({ status: 301, complete: true })
    expect(response.headers['transfer-encoding']).toBe('chunked')
  })
})
