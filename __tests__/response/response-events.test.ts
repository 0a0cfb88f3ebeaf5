import { channel } from 'node:diagnostics_channel'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import {
  type OnOutcome,
  type Outcome,
  type StreamFilesOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({
  'small.txt': 'small',
  'dir/index.html': 'index',
  'large.bin': Buffer.alloc(16 * 1024 * 1024),
})

afterAll(removeDirectories)

/** The outcomes of one request to `streamFiles`, in an app or on a bare server. */
async function outcomesOf(
  target: string,
  asked: Parameters<typeof request>[2] = {},
  options: StreamFilesOptions = {},
  bare = false,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const onOutcome: OnOutcome = (outcome, req, res) => {
    expect([req.method, res.headersSent]).toBeDefined()
    outcomes.push(outcome)
  }
  const files = streamFiles(directory, { ...options, onOutcome })
  const app = express()
  app.use(files)
  app.use(
    (
      error: Error & { status: number },
      _req: unknown,
      res: import('express').Response,
      _next: unknown,
    ) => {
      res.sendStatus(error.status)
    },
  )
  const listener: RequestListener = bare ? (req, res) => files(req, res) : app
  await withServer(listener, async ({ port }) => {
    await request(port, target, asked)
  })
  return outcomes
}

describe('streamFiles calls onOutcome once', () => {
  test.each([
    ['a file', '/small.txt', {}, { status: 200, bytesSent: 5, completed: true, aborted: false }],
    ['HEAD', '/small.txt', { method: 'HEAD' }, { status: 200, bytesSent: 0, completed: true }],
    ['a range', '/small.txt', { headers: ['Range: bytes=1-2'] }, { status: 206, bytesSent: 2 }],
    [
      'not modified',
      '/small.txt',
      { headers: ['If-None-Match: *'] },
      { status: 304, bytesSent: 0 },
    ],
    ['a failed precondition', '/small.txt', { headers: ['If-Match: "x"'] }, { status: 412 }],
    ['a bad range', '/small.txt', { headers: ['Range: bytes=99-'] }, { status: 416 }],
    ['a redirect', '/dir', {}, { status: 301, bytesSent: 0, completed: true, aborted: false }],
  ])('of %s', async (_name, target, asked, expected) => {
    const outcomes = await outcomesOf(target, asked)
    expect(outcomes).toMatchObject([expected])
    expect(outcomes[0]?.durationMs).toBeGreaterThan(0)
  })

  test('of a method that is not allowed', async () => {
    const outcomes = await outcomesOf('/small.txt', { method: 'POST' }, { fallthrough: false })
    expect(outcomes).toMatchObject([{ status: 405, completed: true }])
  })

  test('for an error that is passed to next', async () => {
    const outcomes = await outcomesOf('/missing', {}, { fallthrough: false })
    expect(outcomes).toMatchObject([{ status: 404, completed: false, error: { status: 404 } }])
  })

  test('for an error that it sends on a bare server', async () => {
    expect(await outcomesOf('/missing', {}, {}, true)).toMatchObject([
      { status: 404, completed: false, aborted: false, error: { status: 404 } },
    ])
  })

  test('and not of what falls through', async () => {
    expect(await outcomesOf('/missing')).toEqual([])
    expect(await outcomesOf('/small.txt', { method: 'POST' })).toEqual([])
  })
})

describe('streamResponse calls onOutcome once', () => {
  test.each([
    ['that completed', 'small.txt', { status: 200, completed: true, bytesSent: 5 }],
    ['that failed early', 'missing', { status: 404, error: { status: 404 } }],
  ])('of a response %s, and of the same as the promise', async (_name, file, expected) => {
    const told: unknown[][] = []
    let outcome: Outcome | undefined
    const listener: RequestListener = async (_req, res) => {
      const onOutcome: OnOutcome = (...seen) => told.push(seen)
      outcome = await streamResponse(res, join(directory, file), { onOutcome })
    }
    await withServer(listener, async ({ port }) => {
      await request(port, '/')
      await eventually(() => outcome !== undefined)
    })
    expect(outcome).toMatchObject(expected)
    expect(told).toHaveLength(1)
    expect(told[0]?.[0]).toBe(outcome)
    expect(told[0]?.[1]).toHaveProperty('url', '/')
  })

  test('of a rejection', async () => {
    const told = jest.fn()
    const listener: RequestListener = (_req, res) => {
      const options = { errors: 'throw', onOutcome: told } as const
      streamResponse(res, join(directory, 'missing'), options).catch(() => res.end())
    }
    await withServer(listener, async ({ port }) => void (await request(port, '/')))
    expect(told).toHaveBeenCalledTimes(1)
    expect(told.mock.calls).toMatchObject([[{ error: { status: 404 } }, {}, {}]])
  })
})

test.each(['/one', '/large.bin'])(
  'a client that disconnects from %s is reported once',
  async (target) => {
    const told: Outcome[] = []
    const onOutcome: OnOutcome = (outcome) => told.push(outcome)
    const files = streamFiles(directory, { onOutcome })
    const listener: RequestListener = (req, res) => {
      if (req.url === '/one') void streamResponse(res, join(directory, 'large.bin'), { onOutcome })
      else files(req, res)
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, target)
      await firstBytes(socket)
      await disconnected(socket, 'RST')
      await eventually(() => told.length > 0)
    })
    expect(told).toMatchObject([{ aborted: true, completed: false }])
  },
)

test('a response over HTTP/2 is reported', async () => {
  const told: Outcome[] = []
  const files = streamFiles(directory, { onOutcome: (outcome) => told.push(outcome) })
  await withHttp2Client(
    (req, res) => files(req, res),
    async ({ session }) => {
      openStream(session, '/small.txt').resume()
      openStream(session, '/dir').resume()
      await eventually(() => told.length === 2)
    },
  )
  expect(told.map(({ status }) => status).sort()).toEqual([200, 301])
})

describe('an onOutcome that fails', () => {
  const failing: [string, OnOutcome][] = [
    [
      'throws',
      () => {
        throw new Error('No log')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('No log')
      },
    ],
  ]
  test.each(failing)('because it %s warns once and breaks no response', async (_how, onOutcome) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const files = streamFiles(directory, { onOutcome })
    await withServer(
      (req, res) => files(req, res),
      async ({ port }) => {
        for (let time = 0; time < 3; time++) {
          expect((await request(port, '/small.txt')).body.toString()).toBe('small')
        }
      },
    )
    expect(warn.mock.calls).toEqual([['onOutcome failed: Error: No log']])
    warn.mockRestore()
  })

  const thrown: unknown = Object.create(null)
  const withoutText: [string, OnOutcome][] = [
    [
      'throws',
      () => {
        throw thrown
      },
    ],
    ['rejects', () => Promise.reject(thrown)],
  ]
  test.each(withoutText)('because it %s what has no text warns too', async (_how, onOutcome) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    await withServer(
      (_req, res) => void streamResponse(res, ['a'], { onOutcome }),
      async ({ port }) => {
        expect((await request(port, '/')).body.toString()).toBe('a')
        await eventually(() => warn.mock.calls.length > 0)
      },
    )
    expect(warn.mock.calls).toEqual([['onOutcome failed: an object without a text']])
    warn.mockRestore()
  })
})

describe('the diagnostics channels', () => {
  const names = ['start', 'finish', 'abort', 'error'] as const

  /** What is published while `use` runs. */
  async function published(use: () => Promise<unknown>) {
    const messages: { name: string; message: Record<string, unknown> }[] = []
    const subscribers = names.map((name) => ({
      name: `express-stream-files:${name}`,
      take: (message: unknown) =>
        void messages.push({ name, message: message as Record<string, unknown> }),
    }))
    for (const { name, take: callback } of subscribers) channel(name).subscribe(callback)
    try {
      await use()
    } finally {
      for (const { name, take: callback } of subscribers) channel(name).unsubscribe(callback)
    }
    return messages
  }

  const files = streamFiles(directory)
  const get = (target: string) =>
    withServer(
      (req, res) => files(req, res),
      async ({ port }) => void (await request(port, target)),
    )

  test('report a start and a finish', async () => {
    const messages = await published(() => get('/small.txt'))
    expect(messages.map(({ name }) => name)).toEqual(['start', 'finish'])
    const [start, finish] = messages.map(({ message }) => message)
    expect(Object.keys(start ?? {})).toEqual(['req', 'res'])
    expect(finish).toMatchObject({ outcome: { status: 200, bytesSent: 5 } })
    expect(finish?.req).toBe(start?.req)
    expect(finish?.res).toBe(start?.res)
  })

  test('report an error', async () => {
    const messages = await published(() => get('/missing'))
    expect(messages.map(({ name }) => name)).toEqual(['start', 'error'])
    expect(messages[1]?.message).toMatchObject({ outcome: { error: { status: 404 } } })
  })

  test('report a client that disconnected', async () => {
    const messages = await published(() =>
      withServer(
        (_req, res) => void streamResponse(res, join(directory, 'large.bin')),
        async ({ port, server }) => {
          const closed = new Promise((resolve) =>
            server.on('request', (_req, res) => res.on('close', () => setImmediate(resolve))),
          )
          const socket = await ask(port, '/')
          await firstBytes(socket)
          await disconnected(socket, 'RST')
          await closed
        },
      ),
    )
    expect(messages.map(({ name }) => name)).toEqual(['start', 'abort'])
    expect(messages[1]?.message).toMatchObject({ outcome: { aborted: true } })
  })

  test('report nothing that falls through', async () => {
    const app = express()
    app.use(files)
    expect(
      await published(() =>
        withServer(app, async ({ port }) => void (await request(port, '/missing'))),
      ),
    ).toEqual([])
  })
})
