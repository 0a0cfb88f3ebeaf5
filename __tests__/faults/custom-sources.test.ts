import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { constants } from 'node:http2'
import {
  type FileReference,
  type Outcome,
  type Source,
  type SourceFile,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { NEVER, RecordedSource, type SourceEvent } from '../support/recorded-source.js'
import { withServer } from '../support/server.js'

// More than the buffers of both ends of a connection hold.
const LARGE = 'x'.repeat(16 * 1024 * 1024)

/** An app that serves a source, with what reached its outcomes and its error handler. */
function appWith(source: Source, options: StreamResponseOptions<FileReference> = {}) {
  const outcomes: Outcome[] = []
  const errors: unknown[] = []
  const onOutcome = (outcome: Outcome) => outcomes.push(outcome)
  const app = express()
  app.get('/route', (_req, res) => {
    void streamResponse(res, { source, name: 'file' }, { ...options, onOutcome })
  })
  const { stallTimeout } = options
  app.use('/files', streamFiles(source, { onOutcome, stallTimeout: stallTimeout ?? null }))
  app.use((error: unknown, _req: unknown, res: { end(): void }, _next: unknown) => {
    errors.push(error)
    res.end()
  })
  return { app, outcomes, errors }
}

const targets = ['/route', '/files/file']

describe.each(targets)('a client of %s that disconnects', (target) => {
  /** The events of a source whose client disconnects when `until` says so. */
  async function eventsOf(
    source: RecordedSource,
    until: 'opening' | 'sending',
    last: SourceEvent,
  ): Promise<void> {
    const { app, outcomes, errors } = appWith(source)
    await expectSilence(() =>
      withServer(app, async ({ port }) => {
        const socket = await ask(port, target)
        if (until === 'opening') await eventually(() => source.count('open') === 1)
        else await firstBytes(socket)
        await disconnected(socket, 'RST')
        await eventually(() => source.count(last) === 1 && outcomes.length === 1)
        expect(outcomes).toMatchObject([{ aborted: true, completed: false }])
        expect(outcomes[0]?.error).toBeUndefined()
        expect(errors).toEqual([])
      }),
    )
  }

  test('while the file is being opened aborts the source', async () => {
    const source = new RecordedSource(LARGE)
    source.opening = NEVER
    await eventsOf(source, 'opening', 'abort open')
    expect(source.events).toEqual(['open', 'abort open'])
  })

  test('while a piece is being read ends the iterator and closes the file once', async () => {
    const source = new RecordedSource(LARGE)
    source.pausing = NEVER
    const { app, outcomes } = appWith(source, { chunkSize: 1000 })
    await withServer(app, async ({ port }) => {
      const socket = await ask(port, target)
      if (target === '/route') await firstBytes(socket)
      else await eventually(() => source.count('chunks') === 1)
      await disconnected(socket, 'RST')
      await eventually(() => source.count('close') === 1 && outcomes.length === 1)
    })
    expect([...source.events].sort()).toEqual(
      ['abort chunks', 'abort open', 'chunks', 'close', 'open', 'return'].sort(),
    )
    expect(source.events.indexOf('return')).toBeLessThan(source.events.indexOf('close'))
  })

  test('while it accepts nothing ends the iterator and closes the file once', async () => {
    const source = new RecordedSource(LARGE)
    await eventsOf(source, 'sending', 'close')
    for (const event of ['abort open', 'abort chunks', 'return', 'close'] as const) {
      expect([event, source.count(event)]).toEqual([event, 1])
    }
  })
})

test('a source is read only as fast as its client accepts', async () => {
  let yielded = 0
  const source: Source = {
    open: () => ({
      size: LARGE.length,
      *chunks() {
        const piece = Buffer.alloc(65_536)
        for (let sent = 0; sent < LARGE.length; sent += piece.length) {
          yielded++
          yield piece
        }
      },
    }),
  }
  const { app, outcomes } = appWith(source)
  await withServer(app, async ({ port }) => {
    const socket = await ask(port, '/route')
    await firstBytes(socket)
    let before = -1
    // What both ends of the connection buffer is read; then nothing more is.
    await eventually(async () => {
      const same = yielded === before
      before = yielded
      await new Promise((resolve) => setTimeout(resolve, 200))
      return same
    })
    expect(yielded).toBeLessThan(LARGE.length / 65_536)
    await disconnected(socket, 'RST')
    await eventually(() => outcomes.length === 1)
  })
})

test('a complete response closes the file once, and the signal of its open fires', async () => {
  const source = new RecordedSource('content')
  await withServer(appWith(source).app, async ({ port }) => {
    expect((await request(port, '/route')).body.toString()).toBe('content')
    await eventually(() => source.count('abort open') === 1 && source.count('close') === 1)
  })
  expect(source.events.filter((event) => event !== 'abort open')).toEqual([
    'open',
    'chunks',
    'close',
  ])
})

test.each([
  ['HEAD', { method: 'HEAD' }],
  ['a 304', { headers: ['If-None-Match: "tag"'] }],
  ['a 412', { headers: ['If-Match: "other"'] }],
  ['a 416', { headers: ['Range: bytes=99-'] }],
])('for %s nothing is read, and the file is closed once', async (_what, asked) => {
  for (const target of targets) {
    const source = new RecordedSource('content', { etag: '"tag"' })
    await withServer(appWith(source).app, async ({ port }) => {
      await request(port, target, asked)
      await eventually(() => source.count('close') === 1)
    })
    expect(source.count('chunks')).toBe(0)
    expect(source.count('close')).toBe(1)
  }
})

test('a stream that the client resets over HTTP/2 closes the file once', async () => {
  const source = new RecordedSource(LARGE)
  await withHttp2Client(streamFiles(source), async ({ session }) => {
    const stream = openStream(session, '/file')
    await once(stream, 'response')
    stream.close(constants.NGHTTP2_CANCEL)
    await eventually(() => source.count('close') === 1)
    expect([source.count('abort chunks'), source.count('return')]).toEqual([1, 1])
  })
})

/** A source whose file gives these pieces and then fails, or ends. */
function failing(pieces: readonly number[], size: number, error?: Error): Source {
  return {
    open: () => ({
      size,
      async *chunks() {
        for (const length of pieces) yield Buffer.alloc(length)
        if (error !== undefined) throw error
      },
    }),
  }
}

const MISMATCH = { status: 500, code: 'ERR_SOURCE_LENGTH_MISMATCH' }
const SECRET = Object.assign(new Error('connect 10.0.0.1'), { status: 502 })

test.each<[what: string, source: Source, error: object]>([
  ['throws before its first byte', failing([], 9, SECRET), { status: 502 }],
  ['gives too little', failing([1000], 100_000), MISMATCH],
  ['gives too much', failing([1001], 1000), MISMATCH],
])('a source that %s is an error response, and names nothing', async (_what, source, error) => {
  const { app, outcomes, errors } = appWith(source)
  app.set('env', 'development')
  await withServer(app, async ({ port }) => {
    for (const target of targets) {
      const response = await request(port, target)
      expect(response.body.toString()).not.toContain('10.0.0.1')
    }
  })
  expect(errors).toMatchObject([error, error])
  expect(outcomes).toMatchObject([{ completed: false }, { completed: false }])
})

test.each<[what: string, source: Source]>([
  ['throws', failing([1_000_000], 2_000_000, SECRET)],
  ['ends too early', failing([1_000_000], 2_000_000)],
  ['gives more than it has', failing([1_000_000, 1_000_001], 2_000_000)],
])('after the first byte a source that %s aborts the response', async (_what, source) => {
  const { app, outcomes, errors } = appWith(source)
  await withServer(app, async ({ port }) => {
    for (const target of targets) {
      const { status, complete, body } = await request(port, target)
      expect([status, complete]).toEqual([200, false])
      expect(body.length).toBeLessThan(2_000_000)
    }
    await eventually(() => outcomes.length === 2)
  })
  expect(errors.length).toBe(2)
  expect(outcomes[0]).toMatchObject({ completed: false, aborted: false })
})

test.each([404, 403])(
  'an open that fails with %d falls through, or is an error',
  async (status) => {
    const source: Source = { open: () => Promise.reject(Object.assign(new Error('x'), { status })) }
    for (const fallthrough of [true, false]) {
      const files = streamFiles(source, { fallthrough })
      const listener: RequestListener = (req, res) =>
        files(req, res, (error) => res.writeHead(error === undefined ? 299 : statusOf(error)).end())
      await withServer(listener, async ({ port }) => {
        expect((await request(port, '/file')).status).toBe(fallthrough ? 299 : status)
      })
    }
  },
)

test.each([500, 502, 503, 504])(
  'an open that fails with %d is an error in any case',
  async (status) => {
    const source: Source = { open: () => Promise.reject(Object.assign(new Error('x'), { status })) }
    await withServer(streamFiles(source), async ({ port }) => {
      const response = await request(port, '/file')
      expect(response.status).toBe(status)
      expect(response.headers['retry-after']).toBe(status === 503 ? '1' : undefined)
    })
  },
)

test('a source that stalls is a 504 before the first byte, and aborts the response after it', async () => {
  const silent = new RecordedSource('content')
  silent.opening = NEVER
  const halfway = new RecordedSource(LARGE)
  halfway.pausing = NEVER
  const options = { stallTimeout: 20, chunkSize: 1000 }
  const before = appWith(silent, options)
  await withServer(before.app, ({ port }) => request(port, '/route'))
  expect(before.outcomes).toMatchObject([
    { aborted: false, error: { status: 504, code: 'ERR_SOURCE_TIMEOUT' } },
  ])
  const after = appWith(halfway, options)
  await withServer(after.app, async ({ port }) => {
    const { status, complete } = await request(port, '/route')
    expect([status, complete]).toEqual([200, false])
  })
  expect(after.outcomes).toMatchObject([{ error: { status: 504, code: 'ERR_SOURCE_TIMEOUT' } }])
  expect(halfway.events).toEqual(expect.arrayContaining(['abort chunks', 'return', 'close']))
})

test('many sources in one chain of middleware cause no warning', async () => {
  const app = express()
  const none: Source = { open: async (): Promise<SourceFile | undefined> => undefined }
  for (let count = 0; count < 20; count++) app.use(streamFiles(none))
  await expectSilence(() =>
    withServer(app, async ({ port }) => {
      expect((await request(port, '/file')).status).toBe(404)
    }),
  )
})

function statusOf(error: Error): number {
  return 'status' in error ? Number(error.status) : 500
}
