import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { type StreamFilesHandler, streamFiles, streamResponse } from '../../lib/index.js'
import { express } from '../support/express.js'
import { age, directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({ 'file.txt': 'content' })
const file = join(directory, 'file.txt')
const shrinking = join(directory, 'shrinking.bin')

beforeEach(() => {
  writeFileSync(shrinking, 'x'.repeat(300_000))
  age(shrinking)
})
afterAll(removeDirectories)

const EARLIER = { 'Cache-Control': 'private, no-store', Vary: 'Cookie', ETag: '"theirs"' }
const RESTORED = { 'cache-control': 'private, no-store', vary: 'Cookie', etag: '"theirs"' }

const failing = async function* () {
  yield* []
  throw Object.assign(new Error('not now'), { status: 503 })
}

const OVERWRITING = {
  'Cache-Control': 'public, immutable',
  Vary: 'Accept',
  ETag: '"ours"',
  'X-Ours': 'set',
}

/** Every way in which a response fails before its first byte, after it has set headers. */
const failures: readonly [name: string, fail: StreamFilesHandler][] = [
  [
    'a generator that throws',
    (_req, res) => void streamResponse(res, failing(), { headers: OVERWRITING }),
  ],
  [
    'a setHeaders callback of streamResponse that throws',
    (_req, res) =>
      void streamResponse(res, file, {
        setHeaders(response) {
          for (const [name, value] of Object.entries(OVERWRITING)) response.setHeader(name, value)
          response.removeHeader('Vary')
          throw Object.assign(new Error('not now'), { status: 503 })
        },
      }),
  ],
  [
    'a setHeaders callback of streamFiles that throws',
    streamFiles(directory, {
      setHeaders(response) {
        for (const [name, value] of Object.entries(OVERWRITING)) response.setHeader(name, value)
        response.statusCode = 404
        throw Object.assign(new Error('not now'), { status: 503 })
      },
    }),
  ],
  [
    'a transform that throws',
    streamFiles(directory, {
      maxAge: '1y',
      transform: failing,
      setHeaders: (response) => void response.setHeader('Cache-Control', 'public, immutable'),
    }),
  ],
  [
    'a file that cannot be read to its end',
    streamFiles(directory, {
      immutable: true,
      maxAge: '1y',
      setHeaders: () => truncateSync(shrinking, 1),
    }),
  ],
]

const setEarlierHeaders: RequestHandler = (_req, res, next) => {
  res.set(EARLIER)
  next()
}

/** The headers that an error handler finds on the response. */
const showHeaders: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.status(res.statusCode === 200 ? 503 : 500).json(res.getHeaders())
}

describe.each(failures)('after %s', (_name, fail) => {
  test('Express finds the headers of earlier middleware', async () => {
    const app = express()
    app.use(setEarlierHeaders, fail, showHeaders)
    await withServer(app, async ({ port }) => {
      const { status, body } = await request(port, '/shrinking.bin')
      expect(status).toBe(503)
      expect(JSON.parse(String(body))).toEqual({ 'x-powered-by': 'Express', ...RESTORED })
    })
  })

  test('a bare server sends the headers it had set', async () => {
    await withServer(
      (req, res) => {
        for (const [name, value] of Object.entries(EARLIER)) res.setHeader(name, value)
        fail(req, res)
      },
      async ({ port }) => {
        const { status, headers } = await request(port, '/shrinking.bin')
        expect(status).toBeGreaterThanOrEqual(500)
        expect(headers).toMatchObject(RESTORED)
        expect(headers).not.toHaveProperty('x-ours')
      },
    )
  })
})
