import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type Outcome,
  type StreamBody,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const NO_ERROR = 0
const CANCEL = 8

// More than the window of a stream, so that no body is done before the client resets.
const LARGE = 4 * 1024 * 1024
const directory = directoryOf({
  'large.bin': patternOf(LARGE),
  'cached.bin': patternOf(100 * 1024),
  'empty.log': 'first line\n',
})
const large = join(directory, 'large.bin')

afterAll(removeDirectories)

let closedSources = 0
beforeEach(() => {
  closedSources = 0
})

async function* items(): AsyncGenerator<Buffer> {
  try {
    while (true) yield Buffer.alloc(64 * 1024)
  } finally {
    closedSources++
  }
}

async function* oneItemThenWait(): AsyncGenerator<string> {
  yield 'first'
  await new Promise(() => {})
}

function readable(): Readable {
  const made = Readable.from(items())
  made.on('close', () => closedSources++)
  return made
}

type Kind = [name: string, body: () => StreamBody, options: StreamResponseOptions]

const kinds: Kind[] = [
  ['a file', () => large, {}],
  ['a range of a file', () => large, { start: 1 }],
  ['a file with a digest', () => large, { digest: 'sha-256' }],
  ['a transformed file', () => large, { transform: (chunks) => chunks }],
  ['a throttled file', () => large, { maxRate: 1000 }],
  ['a followed file', () => join(directory, 'empty.log'), { follow: true }],
  ['a generator', items, {}],
  ['a generator that waits', oneItemThenWait, {}],
  ['a Readable', readable, {}],
  ['bytes in one piece', () => Buffer.alloc(LARGE), {}],
]

/** Serves one body and resets its stream with NO_ERROR when `reset` returns. */
async function resetWithNoError(
  respond: (req: Http2ServerRequest, res: Http2ServerResponse) => Promise<Outcome>,
  when: 'after the first bytes' | 'before the first byte' | 'before it begins',
  headers = {},
): Promise<Outcome> {
  let outcome: Promise<Outcome> | undefined
  const streamClosed = jest.fn()
  let entered = false
  const listener = (req: Http2ServerRequest, res: Http2ServerResponse) => {
    res.stream.on('close', streamClosed)
    if (when === 'before it begins') {
      res.stream.on('aborted', () => {
        outcome = respond(req, res)
      })
    } else {
      outcome = respond(req, res)
    }
    entered = true
  }
  let settled: Outcome | undefined
  await withHttp2Client(listener, async ({ session, disconnect }) => {
    const stream = openStream(session, '/', headers)
    if (when === 'after the first bytes') {
      await once(stream, 'data')
      stream.pause()
    } else {
      await eventually(() => entered)
    }
    stream.close(NO_ERROR)
    await eventually(() => outcome !== undefined)
    settled = await outcome
    await eventually(() => streamClosed.mock.calls.length > 0)
    await disconnect()
    await eventually(() => openFilesBelow(directory).length === 0)
  })
  if (settled === undefined) throw new Error('There was no response')
  return settled
}

test.each([NO_ERROR, CANCEL])(
  'a stream that was reset with %s, and ended by the application without headers, is an aborted response',
  async (code) => {
    let outcome: Promise<Outcome> | undefined
    const listener = (_req: Http2ServerRequest, res: Http2ServerResponse) => {
      res.stream.once('aborted', () => res.end())
      const setHeaders = () => eventually(() => res.stream.destroyed && res.writableEnded)
      outcome = streamResponse(res, large, { setHeaders })
    }
    await withHttp2Client(listener, async ({ session, disconnect }) => {
      const stream = openStream(session, '/')
      await eventually(() => outcome !== undefined)
      stream.close(code)
      const settled = jest.fn()
      void outcome?.then(settled)
      await eventually(() => settled.mock.calls.length > 0)
      expect(settled.mock.calls[0]).toMatchObject([{ aborted: true, bytesSent: 0 }])
      await disconnect()
      await eventually(() => openFilesBelow(directory).length === 0)
    })
  },
)

describe.each(kinds)('an HTTP/2 stream reset with NO_ERROR during %s', (_name, body, options) => {
  test.each(['after the first bytes', 'before it begins'] as const)('%s', async (when) => {
    await expectSilence(async () => {
      const given = body()
      const outcome = await resetWithNoError((_req, res) => {
        return streamResponse(res, given, options)
      }, when)
      expect(outcome).toMatchObject({ aborted: true, completed: false })
      expect(outcome.error).toBeUndefined()
    })
  })

  test('of a request with a body that is not read', async () => {
    const outcome = await resetWithNoError(
      (_req, res) => streamResponse(res, body(), options),
      'after the first bytes',
      { ':method': 'POST' },
    )
    expect(outcome).toMatchObject({ aborted: true, completed: false })
  })
})

test.each([
  ['a generator', () => items(), 1],
  ['a Readable', readable, 2],
])('%s is closed when its HTTP/2 stream is reset with NO_ERROR', async (_name, body, closes) => {
  await resetWithNoError((_req, res) => streamResponse(res, body()), 'after the first bytes')
  await eventually(() => closedSources === closes)
})

test.each(['/large.bin', '/cached.bin'])(
  'a stream of streamFiles reset with NO_ERROR during %s is closed',
  async (path) => {
    const files = streamFiles(directory)
    const next = jest.fn()
    const closed = jest.fn()
    let requests = 0
    await expectSilence(async () => {
      await withHttp2Client(
        (req, res) => {
          requests++
          res.on('close', closed)
          files(req, res, next)
        },
        async ({ session, disconnect }) => {
          // The second one is served from the cache.
          const whole = openStream(session, path)
          whole.resume()
          await once(whole, 'close')
          const stream = openStream(session, path)
          await once(stream, 'data')
          stream.pause()
          stream.close(NO_ERROR)
          await eventually(() => closed.mock.calls.length === 2)
          await disconnect()
          await eventually(() => openFilesBelow(directory).length === 0)
        },
      )
    })
    expect(requests).toBe(2)
    expect(next).not.toHaveBeenCalled()
  },
)

describe('a client that disconnects while the response waits', () => {
  const waiting: Kind[] = [
    [
      'its first chunk',
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }),
      {},
    ],
    ['the next item', oneItemThenWait, {}],
    ['a followed file', () => join(directory, 'empty.log'), { follow: true }],
    ['maxRate', () => large, { maxRate: 1000 }],
  ]
  const codes = [
    ['NO_ERROR', NO_ERROR],
    ['CANCEL', 8],
  ] as const

  describe.each(codes)('by an HTTP/2 reset with %s', (_code, code) => {
    test.each(waiting)('for %s is aborted and no error', async (name, body, options) => {
      const next = jest.fn()
      const outcomes: Promise<Outcome>[] = []
      let entered = false
      await expectSilence(async () => {
        await withHttp2Client(
          (req, res) => {
            Object.assign(req, { next })
            outcomes.push(streamResponse(res, body(), options))
            entered = true
          },
          async ({ session }) => {
            const stream = openStream(session, '/')
            if (name === 'its first chunk') await eventually(() => entered)
            else await once(stream, 'data')
            stream.close(code)
            const outcome = await outcomes[0]
            expect(outcome).toMatchObject({ aborted: true, completed: false })
            expect(outcome?.error).toBeUndefined()
          },
        )
      })
      expect(next).not.toHaveBeenCalled()
    })
  })
})

test.each([
  ['NO_ERROR', NO_ERROR],
  ['CANCEL', 8],
])('an HTTP/2 stream reset with %s while a file is opened is aborted', async (_code, code) => {
  const files = streamFiles(directory)
  const handed = jest.fn()
  const outcomes: Outcome[] = []
  const closed = jest.fn()
  await withHttp2Client(
    (req, res) => {
      res.stream.on('close', closed)
      const options: StreamResponseOptions = {
        setHeaders: (response) => {
          response.setHeader('X-Late', 'yes')
        },
      }
      res.stream.once('aborted', () => {
        files(req, res, handed)
        void streamResponse(res, large, options).then((outcome) => outcomes.push(outcome))
      })
    },
    async ({ session }) => {
      const stream = openStream(session, '/cached.bin')
      stream.close(code)
      await eventually(() => outcomes.length === 1 && closed.mock.calls.length === 1)
      expect(outcomes).toMatchObject([{ aborted: true, completed: false }])
      expect(outcomes[0]?.error).toBeUndefined()
    },
  )
  expect(handed).not.toHaveBeenCalled()
})

test('a stream that an application sets on an HTTP/1 response is not one of HTTP/2', async () => {
  let outcome: Promise<Outcome> | undefined
  const listener: RequestListener = (_req, res) => {
    Object.assign(res, { stream: new Readable() })
    outcome = streamResponse(res, join(directory, 'cached.bin'))
  }
  await withServer(listener, async ({ port }) => {
    const { body, complete } = await request(port, '/')
    expect({ length: body.length, complete }).toEqual({ length: 100 * 1024, complete: true })
    expect(await outcome).toMatchObject({ completed: true, aborted: false })
  })
})
