import { once } from 'node:events'
import { open } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  type BodyFunction,
  type BodyValue,
  type Outcome,
  type StreamResponseOptions,
  streamResponse,
} from '../lib/index.js'
import { ask, disconnected, firstBytes } from './support/clients.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { expectSilence } from './support/process-noise.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const directory = directoryOf({ 'file.txt': 'text of a file' })

afterAll(removeDirectories)

async function send(
  body: BodyFunction,
  options: StreamResponseOptions<BodyFunction> = {},
  asked: Parameters<typeof request>[2] = {},
  prepare: (res: import('node:http').ServerResponse) => void = () => {},
): Promise<RawResponse & { outcome: Outcome }> {
  let outcome: Promise<Outcome> | undefined
  const app = express()
  app.use((_req, res) => {
    prepare(res)
    outcome = streamResponse(res, body, options)
  })
  app.use(
    (
      error: Error & { status: number },
      _req: unknown,
      res: import('express').Response,
      _next: unknown,
    ) => {
      if (!res.headersSent) res.status(error.status).end(error.message)
    },
  )
  return withServer(app, async ({ port }) => {
    const response = await request(port, '/asked', asked)
    if (outcome === undefined) throw new Error('There was no response')
    return { ...response, outcome: await outcome }
  })
}

const text = 'text of a body'

describe('a function that returns', () => {
  const returned: [string, () => BodyValue | Promise<BodyValue>][] = [
    ['bytes', () => Buffer.from(text)],
    ['a Blob', () => new Blob([text])],
    ['an array', () => [text]],
    ['a Readable', () => Readable.from([text])],
    ['a web stream', () => new Blob([text]).stream()],
    ['a promise', async () => [text]],
  ]
  test.each(returned)('%s is called once, and what it returns is sent', async (_name, make) => {
    const called = jest.fn(make)
    const { status, body, complete, outcome } = await send(called)
    expect({ status, complete, body: body.toString() }).toEqual({
      status: 200,
      complete: true,
      body: text,
    })
    expect(outcome).toMatchObject({ completed: true, bytesSent: text.length })
    expect(called).toHaveBeenCalledTimes(1)
  })

  test('a FileHandle sends the file, and stays open', async () => {
    const handle = await open(join(directory, 'file.txt'))
    const { body } = await send(() => handle)
    expect(body.toString()).toBe('text of a file')
    expect((await handle.stat()).isFile()).toBe(true)
    await handle.close()
  })
})

test('a generator function is called with the signal and the request', async () => {
  const seen: unknown[] = []
  const { body } = await send(async function* ({ signal, req }) {
    seen.push(signal.aborted, req.url)
    yield text
  })
  expect(body.toString()).toBe(text)
  expect(seen).toEqual([false, '/asked'])
})

describe('a function is not called', () => {
  const never = jest.fn(() => [text])
  beforeEach(() => never.mockClear())

  test('for HEAD, which has the headers of GET', async () => {
    const head = await send(never, { type: 'csv', headers: { 'X-A': 'b' } }, { method: 'HEAD' })
    expect(head).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/csv; charset=utf-8', 'x-a': 'b' },
    })
    expect(head.outcome).toMatchObject({ completed: true })
  })

  test('for 204', async () => {
    expect(await send(never, { status: 204 })).toMatchObject({ status: 204 })
  })

  test('for 304', async () => {
    const etag = (res: import('node:http').ServerResponse) => void res.setHeader('ETag', '"a"')
    const response = await send(never, {}, { headers: ['If-None-Match: "a"'] }, etag)
    expect(response).toMatchObject({ status: 304 })
  })

  afterEach(() => expect(never).not.toHaveBeenCalled())
})

describe('a function that fails', () => {
  const failures: [string, BodyFunction, number, RegExp][] = [
    [
      'by throwing',
      () => {
        throw Object.assign(new Error('Gone'), { status: 410 })
      },
      410,
      /Gone/,
    ],
    [
      'by rejecting',
      async () => {
        throw new Error('No database')
      },
      500,
      /No database|Internal/,
    ],
    ['by returning a path', (() => '/etc/passwd') as never, 500, /must not return a path/],
    ['by returning no body', (() => 7) as never, 500, /body must be/],
  ]
  test.each(failures)('%s is an error response', async (_how, body, status, says) => {
    const response = await send(body)
    expect(response.status).toBe(status)
    expect(response.outcome).toMatchObject({ status, completed: false, aborted: false })
    expect(response.outcome.error?.message).toMatch(says)
  })

  test('rejects with errors: "throw"', async () => {
    const rejections: unknown[] = []
    const error = new Error('No database')
    const listener: RequestListener = (_req, res) => {
      const failing = async () => Promise.reject(error)
      streamResponse(res, failing, { errors: 'throw' }).catch((reason) => {
        rejections.push(reason)
        res.end()
      })
    }
    await withServer(listener, async ({ port }) => void (await request(port, '/')))
    expect(rejections).toEqual([error])
  })
})

test('the signal does not fire if the response completes', async () => {
  let signal: AbortSignal | undefined
  await send((context) => {
    signal = context.signal
    return [text]
  })
  expect(signal?.aborted).toBe(false)
})

test('the signal fires if the body fails after its first item', async () => {
  let signal: AbortSignal | undefined
  const { outcome } = await send(async function* (context) {
    signal = context.signal
    yield text
    // In the same turn of the event loop nothing of the first item would have been sent.
    await new Promise((resolve) => setImmediate(resolve))
    throw new Error('Too late')
  })
  expect(outcome.error?.message).toBe('Too late')
  expect(signal?.aborted).toBe(true)
})

test('the signal of the options fires it, and the response is a 503', async () => {
  const controller = new AbortController()
  let aborted = false
  const { status } = await send(
    ({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      controller.abort()
      return new Promise<never>(() => {})
    },
    { signal: controller.signal },
  )
  expect({ status, aborted }).toEqual({ status: 503, aborted: true })
})

/** Runs one request whose client disconnects once the function was called. */
async function disconnectDuring(
  body: BodyFunction,
  protocol: 'HTTP/1.1' | 'HTTP/2',
): Promise<Outcome> {
  let outcome: Promise<Outcome> | undefined
  let called = false
  const watched: BodyFunction = (context) => {
    called = true
    return body(context)
  }
  if (protocol === 'HTTP/2') {
    await withHttp2Client(
      (_req, res) => {
        outcome = streamResponse(res, watched)
      },
      async ({ session }) => {
        const stream = openStream(session, '/')
        await eventually(() => called)
        stream.close(0)
        await outcome
      },
    )
  } else {
    const listener: RequestListener = (_req, res) => {
      outcome = streamResponse(res, watched)
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      await eventually(() => called)
      await disconnected(socket, 'RST')
      await outcome
    })
  }
  if (outcome === undefined) throw new Error('There was no response')
  return outcome
}

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('a client of %s that disconnects', (protocol) => {
  test('while the function waits fires the signal, and the response is aborted', async () => {
    let reason: unknown
    await expectSilence(async () => {
      const outcome = await disconnectDuring(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reason = signal.reason
              reject(signal.reason)
            })
          }),
        protocol,
      )
      expect(outcome).toMatchObject({ aborted: true, completed: false })
      expect(outcome.error).toBeUndefined()
    })
    expect(reason).toMatchObject({ name: 'AbortError' })
  })

  test('before the function returned has the body closed when it is returned', async () => {
    const late = new Readable({ read() {} })
    const cancelled = jest.fn()
    const web = new ReadableStream<string>({ cancel: cancelled })
    for (const body of [late, web]) {
      let deliver: (body: BodyValue) => void = () => {}
      const made = new Promise<BodyValue>((resolve) => {
        deliver = resolve
      })
      const outcome = await disconnectDuring(() => made, protocol)
      expect(outcome).toMatchObject({ aborted: true })
      deliver(body)
      await made
    }
    await eventually(() => late.destroyed && cancelled.mock.calls.length === 1)
  })
})

test('a source that waits after its first item is ended by the signal', async () => {
  let outcome: Promise<Outcome> | undefined
  let ended = false
  const listener: RequestListener = (_req, res) => {
    outcome = streamResponse(res, async function* ({ signal }) {
      try {
        yield 'first'
        await once(signal, 'abort')
      } finally {
        ended = true
      }
    })
  }
  await withServer(listener, async ({ port }) => {
    const socket = await ask(port, '/')
    await firstBytes(socket)
    await disconnected(socket, 'FIN')
    expect(await outcome).toMatchObject({ aborted: true })
    expect(ended).toBe(true)
  })
})
