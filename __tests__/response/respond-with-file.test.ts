import { getEventListeners, once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import compression from 'compression'
import {
  type Outcome,
  readChunks,
  type StreamBody,
  type StreamFilesOptions,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { appWith, express } from '../support/express.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const TEXT = 'a line of text, and again\n'.repeat(1000)

const root = directoryOf({ 'text.txt': TEXT, 'large.bin': patternOf(4_000_000) })
const text = join(root, 'text.txt')

afterAll(removeDirectories)

function ask(options: StreamFilesOptions, headers: readonly string[] = []) {
  const app = appWith((it) => it.use(streamFiles(root, options)))
  return withServer(app, ({ port }) => request(port, '/text.txt', { headers }))
}

testOnLinux('a response without a body closes the file that was opened for it', async () => {
  await withServer(streamFiles(root, { cache: false }), async ({ port }) => {
    await request(port, '/text.txt', { method: 'HEAD' })
    await request(port, '/text.txt', { headers: ['If-None-Match: *'] })
    await request(port, '/text.txt', { headers: ['If-Match: "x"'] })
    await request(port, '/text.txt', { headers: ['Range: bytes=900000-'] })
    await eventually(() => openFilesBelow(root).length === 0)
  })
})

test('a 416 has none of the headers that describe the file', async () => {
  const setHeaders = (res: ServerResponse) => {
    res.setHeader('Content-Disposition', 'attachment')
    res.setHeader('Content-Language', 'en')
    res.setHeader('X-Own', 'kept')
  }
  const { status, headers } = await ask({ setHeaders }, ['Range: bytes=900000-'])
  expect([status, headers['content-range'], headers['x-own']]).toEqual([
    416,
    `bytes */${TEXT.length}`,
    'kept',
  ])
  const ofTheFile = ['cache-control', 'content-disposition', 'content-language', 'content-type']
  for (const name of [...ofTheFile, 'etag', 'last-modified']) {
    expect(headers).not.toHaveProperty(name)
  }
})

test('a signal that many responses share has no listener of a response that has ended', async () => {
  const { signal } = new AbortController()
  const follow = { follow: true, followIdle: 1 } as const
  const bodies: [StreamBody, StreamResponseOptions][] = [
    [text, {}],
    [text, follow],
    [text, { transform: (chunks) => chunks }],
    [['one', 'two'], {}],
    [join(root, 'missing'), {}],
  ]
  let outcome: Promise<Outcome> | undefined
  const app = appWith((it) =>
    it.use((req, res) => {
      const [body, options] = bodies[Number(req.url.slice(1))] ?? [[], {}]
      outcome = streamResponse(res, body, { ...options, signal })
    }),
  )
  await withServer(app, async ({ port }) => {
    for (const place of bodies.keys()) {
      await request(port, `/${place}`)
      await outcome
    }
  })
  for await (const _chunk of readChunks(text, { signal })) break
  for await (const _chunk of readChunks(text, { signal }));
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('a response that was sent while the file was being opened is not changed', async () => {
  let outcome: Outcome | undefined
  const app = appWith((it) =>
    it.use((_req, res) => {
      void streamResponse(res, text).then((result) => {
        outcome = result
      })
      res.writeHead(503, { 'Content-Length': '9' })
      res.write('too ')
      setTimeout(() => res.end('late.'), 50)
    }),
  )
  const response = await withServer(app, ({ port }) => request(port, '/'))
  await eventually(() => outcome !== undefined)
  expect([response.status, String(response.body), response.complete]).toEqual([
    503,
    'too late.',
    true,
  ])
  expect(outcome).toMatchObject({ bytesSent: 0, completed: false, error: { status: 500 } })
})

describe('a file changed within the last two seconds', () => {
  const recent = join(root, 'recent.txt')

  /** Writes the file, and has the clock stand still at that moment. */
  function touch(): void {
    jest.restoreAllMocks()
    writeFileSync(recent, 'recent')
    const now = new Date()
    utimesSync(recent, now, now)
    jest.spyOn(Date, 'now').mockReturnValue(now.getTime())
  }

  afterEach(() => jest.restoreAllMocks())

  test('has a weak tag, and neither tag nor date gives a 304 or a range', async () => {
    await withServer(
      appWith((it) => it.use(streamFiles(root))),
      async ({ port }) => {
        touch()
        const { headers } = await request(port, '/recent.txt')
        expect(headers.etag).toMatch(/^W\//)
        const date = headers['last-modified']
        for (const field of [`If-None-Match: ${headers.etag}`, `If-Modified-Since: ${date}`]) {
          touch()
          expect((await request(port, '/recent.txt', { headers: [field] })).status).toBe(200)
        }
        for (const field of [`If-Range: ${headers.etag}`, `If-Range: ${date}`]) {
          touch()
          const asked = { headers: ['Range: bytes=0-1', field] }
          expect((await request(port, '/recent.txt', asked)).status).toBe(200)
        }
      },
    )
  })

  test('has a tag of the application taken at its word', async () => {
    await withServer(
      appWith((it) => it.use(streamFiles(root, { etag: () => 'v1' }))),
      async ({ port }) => {
        touch()
        const headers = ['If-None-Match: "v1"']
        expect((await request(port, '/recent.txt', { headers })).status).toBe(304)
      },
    )
  })
})

describe('behind compression()', () => {
  function askCompressed(path: string, ...headers: readonly string[]) {
    const app = appWith((it) => {
      it.use(compression({ threshold: 0 }))
      it.get('/digest', (_req, res) => void streamResponse(res, text, { digest: 'sha-256' }))
      it.use(streamFiles(root))
    })
    return withServer(app, ({ port }) =>
      request(port, path, { headers: ['Accept-Encoding: gzip', ...headers] }),
    )
  }

  test('a whole file is compressed', async () => {
    const response = await askCompressed('/text.txt')
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(response.complete).toBe(true)
  })

  test.each(['bytes=5-14', 'bytes=5-9,100-104'])('the range %s is not', async (range) => {
    const response = await askCompressed('/text.txt', `Range: ${range}`)
    expect(response.status).toBe(206)
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(response.headers['cache-control']).toBe('public, max-age=0, no-transform')
    expect(String(response.body)).toContain(TEXT.slice(5, 10))
  })

  test('a body with a digest is not', async () => {
    const response = await askCompressed('/digest', 'TE: trailers')
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(String(response.body)).toBe(TEXT)
  })

  test('a 304 is without a body', async () => {
    const response = await askCompressed('/text.txt', 'If-None-Match: *')
    expect(response.status).toBe(304)
    expect(response.headers).not.toHaveProperty('content-encoding')
  })
})

const whereThereIsProc = process.platform === 'linux' ? describe : describe.skip

whereThereIsProc('a part of a file that hides its size (only where there is /proc)', () => {
  const path = '/proc/self/status'

  async function partOf(start: number, end: number) {
    const app = appWith((it) =>
      it.use((_req, res) => void streamResponse(res, path, { start, end })),
    )
    return withServer(app, ({ port }) => request(port, '/'))
  }

  test('ends where it is to end', async () => {
    const { body, complete } = await partOf(0, 4)
    expect([String(body), complete]).toEqual(['Name:', true])
  })

  test('ends with the file if that comes first', async () => {
    const { body, complete } = await partOf(1, 1_000_000)
    expect(String(body)).toMatch(/^ame:/)
    expect(complete).toBe(true)
  })

  test('is read in chunks alike', async () => {
    const chunks: Buffer[] = []
    for await (const chunk of readChunks(path, { end: 1_000_000 })) chunks.push(chunk)
    expect(String(Buffer.concat(chunks))).toMatch(/^Name:/)
  })
})

test('a client that disconnects settles the promise once, and is not an error', async () => {
  const outcomes: Outcome[] = []
  const errors: unknown[] = []
  const app = express()
  app.use((_req, res) => {
    void streamResponse(res, join(root, 'large.bin')).then((outcome) => outcomes.push(outcome))
  })
  app.use(((error, _req, _res, _next) => {
    errors.push(error)
  }) satisfies import('express').ErrorRequestHandler)
  await withServer(app, async ({ port }) => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await eventually(() => outcomes.length > 0)
  })
  expect(outcomes).toEqual([
    expect.objectContaining({ status: 200, completed: false, aborted: true }),
  ])
  expect(outcomes[0]).not.toHaveProperty('error')
  expect(errors).toEqual([])
})
