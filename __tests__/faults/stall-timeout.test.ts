import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { join } from 'node:path'
import compression from 'compression'
import {
  type OnOutcome,
  type Outcome,
  type StreamBody,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { writeProgress } from '../../lib/response/write-progress.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// More than the buffers of both ends of a connection hold.
const LARGE = 16 * 1024 * 1024
const directory = directoryOf({
  'large.bin': Buffer.alloc(LARGE),
  'cached.bin': Buffer.alloc(LARGE),
})
const large = join(directory, 'large.bin')

afterAll(removeDirectories)

jest.setTimeout(20_000)

const stallTimeout = 40
const STALLED = {
  status: 200,
  aborted: true,
  completed: false,
  error: { code: 'ERR_STALL_TIMEOUT', status: 408 },
}

async function* items(): AsyncGenerator<Buffer> {
  while (true) yield Buffer.alloc(64 * 1024)
}

const kinds: [string, () => StreamBody, StreamResponseOptions][] = [
  ['a file', () => large, {}],
  ['a file with Content-Length', () => large, { contentLength: true }],
  ['a generator', items, {}],
  // The last phase: all was written, and the client reads nothing of it.
  ['bytes in one piece', () => Buffer.alloc(LARGE), {}],
]

describe.each(kinds)('a client that reads nothing of %s', (_name, body, options) => {
  test('has its response aborted after the stallTimeout over HTTP/1.1, and next is not called', async () => {
    const next = jest.fn()
    let outcome: Promise<Outcome> | undefined
    const listener: RequestListener = (req, res) => {
      Object.assign(req, { next })
      outcome = streamResponse(res, body(), { ...options, errors: 'throw', stallTimeout })
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      await firstBytes(socket)
      const settled = await outcome
      expect(settled).toMatchObject(STALLED)
      await disconnected(socket, 'FIN')
      expect(socket.bytesRead).toBeLessThan(LARGE)
    })
    await eventually(() => openFilesBelow(directory).length === 0)
    expect(next).not.toHaveBeenCalled()
  })

  test('has its response aborted over HTTP/2, though it sends PINGs', async () => {
    let outcome: Promise<Outcome> | undefined
    const closed = jest.fn()
    const listener = (_req: Http2ServerRequest, res: Http2ServerResponse) => {
      res.on('close', closed)
      outcome = streamResponse(res, body(), { ...options, stallTimeout })
    }
    await withHttp2Client(listener, async ({ session }) => {
      const stream = openStream(session, '/')
      await once(stream, 'data')
      stream.pause()
      const pings = setInterval(() => session.ping(() => {}), 5)
      const settled = await outcome
      clearInterval(pings)
      expect(settled).toMatchObject(STALLED)
      await eventually(() => closed.mock.calls.length === 1)
    })
    await eventually(() => openFilesBelow(directory).length === 0)
  })
})

test.each(['/large.bin', '/cached.bin'])(
  'streamFiles aborts GET %s to a client that stalls',
  async (target) => {
    const outcomes: Outcome[] = []
    const next = jest.fn()
    const closed = jest.fn()
    const onOutcome: OnOutcome = (outcome) => outcomes.push(outcome)
    const cache = { maxBytes: 3 * LARGE, maxFileBytes: target === '/cached.bin' ? 2 * LARGE : 0 }
    const observed = streamFiles(directory, { stallTimeout, cache, onOutcome })
    const files = streamFiles(directory, { stallTimeout, cache })
    const listener: RequestListener = (req, res) => {
      res.on('close', closed)
      const serve = 'x-unobserved' in req.headers ? files : observed
      serve(req, res, next)
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, target)
      await firstBytes(socket)
      await eventually(() => outcomes.length === 1)
      expect(outcomes).toMatchObject([STALLED])
      await disconnected(socket, 'FIN')
      const other = await ask(port, target, ['X-Unobserved: yes'])
      await firstBytes(other)
      await eventually(() => closed.mock.calls.length === 2)
      await disconnected(other, 'FIN')
    })
    expect(next).not.toHaveBeenCalled()
  },
)

test('a client that stalls behind compression() has its response aborted too', async () => {
  async function* noise(): AsyncGenerator<Buffer> {
    while (true) yield randomBytes(64 * 1024)
  }
  let outcome: Promise<Outcome> | undefined
  const app = express()
  app.use(compression())
  app.get('/', (_req, res) => {
    outcome = streamResponse(res, noise(), { type: 'txt', stallTimeout })
  })
  await withServer(app, async ({ port }) => {
    const socket = await ask(port, '/', ['Accept-Encoding: gzip'])
    const head = await firstBytes(socket)
    expect(head.toString('latin1')).toMatch(/content-encoding: gzip/i)
    expect(await outcome).toMatchObject(STALLED)
    await disconnected(socket, 'FIN')
  })
})

test('a body that waits for its source does not stall', async () => {
  async function* slow(): AsyncGenerator<string> {
    yield 'one'
    for (let tick = 0; tick < 8; tick++) {
      await new Promise((resolve) => setTimeout(resolve, stallTimeout / 2))
    }
    yield 'two'
  }
  const listener: RequestListener = (_req, res) =>
    void streamResponse(res, slow(), { stallTimeout })
  await withServer(listener, async ({ port }) => {
    const { body, complete } = await request(port, '/')
    expect({ body: body.toString(), complete }).toEqual({ body: 'onetwo', complete: true })
  })
})

describe('with a clock that the test moves', () => {
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: [
        'Date',
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setTimeout',
        'clearTimeout',
      ],
    })
  })
  afterEach(() => jest.useRealTimers())

  test('a client that reads slowly but steadily does not stall, and does once it stops', async () => {
    let outcome: Outcome | undefined
    let response: ServerResponse | undefined
    const listener: RequestListener = (_req, res) => {
      response = res
      // One write of all of it: that none of it is done yet is no stall. The receive buffer of a client
      // that reads may grow to 32 MiB.
      void streamResponse(res, Buffer.alloc(4 * LARGE), {
        stallTimeout: 4000,
        contentLength: true,
      }).then((end) => {
        outcome = end
      })
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      await firstBytes(socket)
      const accepted = () => (response === undefined ? 0 : writeProgress(response).accepted)
      for (let read = 0; read < 3; read++) {
        jest.advanceTimersByTime(3000)
        const before = accepted()
        while (accepted() === before) {
          socket.resume()
          await once(socket, 'data')
          socket.pause()
        }
      }
      jest.advanceTimersByTime(1000)
      expect(outcome).toBeUndefined()
      jest.advanceTimersByTime(6000)
      await eventually(() => outcome !== undefined)
      expect(outcome).toMatchObject(STALLED)
    })
  })
})
