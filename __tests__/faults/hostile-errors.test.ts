import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ErrorRequestHandler } from 'express'
import { type Outcome, streamFiles, streamResponse } from '../../lib/index.js'
import type { ResponseLike } from '../../lib/response/response-like.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({ 'file.txt': 'content' })
afterAll(removeDirectories)

const outcomes: Outcome[] = []
beforeEach(() => outcomes.splice(0))

/** What `http-errors` takes for an error of its own, whatever the status is. */
function likeHttpError(status: unknown, headers?: unknown): Error {
  return Object.assign(new Error('hostile'), {
    status,
    statusCode: status,
    expose: true,
    headers,
  })
}

class StatusOfItsOwn extends Error {
  get status() {
    return 418
  }
}

/** An error, of `http-errors` or not, whose status cannot be read. */
function unreadableStatus(error: Error): Error {
  const get = () => {
    throw new Error('unreadable')
  }
  return Object.defineProperty(error, 'status', { get, enumerable: true })
}

const hostile: readonly [name: string, error: unknown, status: number][] = [
  ['an undefined header', likeHttpError(418, { 'X-Empty': undefined, 'X-Sent': 'sent' }), 418],
  ['headers that are null', likeHttpError(418, null), 418],
  ['headers that are no object', likeHttpError(418, 'Retry-After: 1'), 418],
  ['a Content-Length', likeHttpError(418, { 'Content-Length': '100' }), 418],
  ['a Content-Length that is none', likeHttpError(418, { 'content-length': 'none' }), 418],
  ['a Transfer-Encoding', likeHttpError(418, { 'Transfer-Encoding': 'chunked' }), 418],
  ['a Trailer', likeHttpError(418, { Trailer: 'X-Sum' }), 418],
  ['a Connection', likeHttpError(418, { Connection: 'close' }), 418],
  ['an Upgrade', likeHttpError(418, { Connection: 'Upgrade', Upgrade: 'websocket' }), 418],
  ['a Keep-Alive', likeHttpError(418, { 'Keep-Alive': 'timeout=1' }), 418],
  ['a name that is none', likeHttpError(418, { 'no name': 'x', ':status': '200', '': 'x' }), 418],
  ['a value that is none', likeHttpError(418, { 'X-A': 'a\r\nX-B: b', 'X-C': '\u20ac' }), 418],
  ['a value in blanks', likeHttpError(418, { 'X-A': ' x ' }), 418],
  ['a value that is an object', likeHttpError(418, { 'X-A': {}, 'X-B': Symbol('b') }), 418],
  ['several values for a single one', likeHttpError(418, { 'Content-Type': ['a/b', 'c/d'] }), 418],
  ['the status 200', likeHttpError(200), 500],
  ['the status 101', likeHttpError(101), 500],
  ['the status 304', likeHttpError(304), 500],
  ['the status 9999', likeHttpError(9999), 500],
  ['a status that is no integer', likeHttpError(404.5), 500],
  ['the status NaN', likeHttpError(Number.NaN), 500],
  ['a read-only status', new StatusOfItsOwn('hostile'), 418],
  ['a status that cannot be read', unreadableStatus(new Error('hostile')), 500],
  ['a status of http-errors that cannot be read', unreadableStatus(likeHttpError(418)), 500],
  ['no properties that can be set', Object.freeze(likeHttpError(200, { 'X-A': undefined })), 500],
]

/** Every way in which an error of the application can become the response of a bare server. */
const ways: readonly [name: string, fail: (res: ServerResponse, error: unknown) => void][] = [
  ['thrown by an iterable', (res, error) => void send(res, error)],
  [
    'thrown by a setHeaders callback of streamResponse',
    (res, error) => {
      const setHeaders = () => {
        throw error
      }
      void streamResponse(res, join(directory, 'file.txt'), { setHeaders }).then(keep)
    },
  ],
]

async function* failing(error: unknown): AsyncGenerator<string> {
  yield* []
  throw error
}

function send(res: ResponseLike, error: unknown): Promise<void> {
  return streamResponse(res, failing(error)).then(keep)
}

function keep(outcome: Outcome): void {
  outcomes.push(outcome)
}

const FRAMING = ['transfer-encoding', 'trailer', 'upgrade', 'x-b', 'x-empty']

describe.each(ways)('on a bare server, an error %s', (_way, fail) => {
  test.each(hostile)('with %s is a well-formed response', async (_name, error, status) => {
    await withServer(
      (req, res) => (req.url === '/next' ? res.end('next') : fail(res, error)),
      async ({ port }) => {
        await expectSilence(async () => {
          const requests = ['/', '/next'].map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n`)
          const bytes = await exchangeRaw(port, `${requests.join('\r\n')}Connection: close\r\n\r\n`)
          const [first, second] = parseResponses(bytes)
          // What a callback throws has a status of its own only where it is an HTTP error.
          expect([status, 500]).toContain(first?.status)
          expect(first).toMatchObject({ complete: true, headers: { 'content-length': '0' } })
          for (const name of FRAMING) expect(first?.headers).not.toHaveProperty(name)
          expect(String(second?.body)).toBe('next')
          expect(outcomes).toMatchObject([{ status: first?.status, completed: false }])
        })
      },
    )
  })
})

/** What a stream of its own is sent; `resetWith` is 0 for a response that ended as it should. */
async function overHttp2(
  respond: (res: ResponseLike) => unknown,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; resetWith: number }> {
  const server = createServer((_req, res) => respond(res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    const stream = session.request({ ':path': '/' })
    let headers: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
    stream.on('response', (fields) => {
      headers = fields
    })
    stream.on('error', () => {})
    stream.resume()
    await new Promise((resolve) => stream.once('close', resolve))
    return { status: headers[':status'], headers, resetWith: stream.rstCode ?? 0 }
  } finally {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

test.each(hostile)(
  'in HTTP/2, an error with %s is a well-formed response',
  async (_name, error, status) => {
    await expectSilence(async () => {
      expect(await overHttp2((res) => send(res, error))).toMatchObject({ status, resetWith: 0 })
      expect(outcomes).toMatchObject([{ status, completed: false }])
    })
  },
)

test.each([
  ['a connection-specific header', 'Keep-Alive', 'timeout=5'],
  ['two values of a single one', 'Content-Type', ['a/b', 'c/d']],
])(
  'in HTTP/2, %s that the application has set is not sent with an error',
  async (_name, name, value) => {
    await expectSilence(async () => {
      const received = await overHttp2((res) => {
        res.setHeader(name, value)
        return send(res, likeHttpError(418))
      })
      expect(received).toMatchObject({ status: 418, resetWith: 0 })
    })
  },
)

test.each([
  ['Trailer', 'X-Sum'],
  ['Transfer-Encoding', 'chunked'],
])(
  'a %s that the application has set does not break the framing of an error',
  async (name, value) => {
    await withServer(
      (_req, res) => {
        res.setHeader(name, value)
        void send(res, likeHttpError(418))
      },
      async ({ port }) => {
        const response = await request(port, '/')
        expect(response).toMatchObject({ status: 418, complete: true, chunks: undefined })
      },
    )
  },
)

test.each(hostile)(
  'streamFiles responds to an error with %s on a bare server',
  async (_name, error) => {
    const setHeaders = () => {
      throw error
    }
    await withServer(streamFiles(directory, { setHeaders }), async ({ port }) => {
      await expectSilence(async () => {
        const { status, complete } = await request(port, '/file.txt')
        expect(status).toBeGreaterThanOrEqual(400)
        expect(complete).toBe(true)
      })
    })
  },
)

test.each(hostile.filter(([, error]) => Object.isExtensible(error)))(
  'Express gets an error with %s unchanged',
  async (_name, error) => {
    const told: unknown[] = []
    const app = express()
    app.get('/', (_req, res) => void send(res, error))
    app.use(((failure, _req, res, _next) => {
      told.push(failure)
      res.end()
    }) satisfies ErrorRequestHandler)
    await withServer(app, ({ port }) => request(port, '/'))
    const [failure] = told
    expect(failure === error || Reflect.get(Object(failure), 'cause') === error).toBe(true)
  },
)

describe('with errors: "next" the promise does not reject', () => {
  test('if next throws; the error is then the response', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const listener = (req: object, res: ServerResponse) => {
      Object.assign(req, {
        next: () => {
          throw new Error('out of order')
        },
      })
      void send(res, likeHttpError(418))
    }
    await withServer(listener, async ({ port }) => {
      expect(await request(port, '/')).toMatchObject({ status: 418, complete: true })
    })
    expect(outcomes).toMatchObject([{ status: 418 }])
    expect(warnings).toHaveBeenCalledWith('next failed: Error: out of order')
    warnings.mockRestore()
  })

  test('if the body throws when its iterator is requested', async () => {
    const body = {
      [Symbol.asyncIterator](): AsyncIterator<string> {
        throw likeHttpError(418)
      },
    }
    await withServer(
      (_req, res) => void streamResponse(res, body).then(keep),
      async ({ port }) => {
        expect(await request(port, '/')).toMatchObject({ status: 418, complete: true })
      },
    )
    expect(outcomes).toMatchObject([{ status: 418 }])
  })
})
