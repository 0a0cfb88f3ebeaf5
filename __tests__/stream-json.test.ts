import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import compression from 'compression'
import fc from 'fast-check'
import {
  type BodyContext,
  type JsonValues,
  type JsonValuesFunction,
  type Outcome,
  type StreamJsonOptions,
  streamJsonArray,
  streamJsonLines,
} from '../lib/index.js'
import { ask, disconnected, firstBytes } from './support/clients.js'
import { express } from './support/express.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

type Stream = typeof streamJsonLines
type Values = JsonValues | JsonValuesFunction

const FORMATS = [
  ['streamJsonLines', streamJsonLines, 'application/jsonl'],
  ['streamJsonArray', streamJsonArray, 'application/json'],
] as const

const express4: typeof express = require('express4')

/** Sends values in an Express app, and asks for them. */
async function send(
  stream: Stream,
  values: Values,
  options: StreamJsonOptions = {},
  asked: Parameters<typeof request>[2] = {},
  prepare: (res: ServerResponse) => void = () => {},
  framework = express,
): Promise<RawResponse & { outcome: Outcome; text: string }> {
  let outcome: Promise<Outcome> | undefined
  const app = framework()
  app.set('env', 'test')
  app.use((_req, res) => {
    prepare(res)
    outcome = stream(res, values, options)
  })
  return withServer(app, async ({ port }) => {
    const response = await request(port, '/asked', asked)
    if (outcome === undefined) throw new Error('There was no response')
    return { ...response, outcome: await outcome, text: response.body.toString() }
  })
}

const nextTurns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('streamJsonLines', () => {
  test.each<[string, Iterable<unknown> & object, string]>([
    ['no value', [], ''],
    ['objects', [{ a: 1 }, { b: [2] }], '{"a":1}\n{"b":[2]}\n'],
    ['null, false, 0 and an empty string', [null, false, 0, ''], 'null\nfalse\n0\n""\n'],
    ['line ends inside of a string', ['a\nb'], '"a\\nb"\n'],
    ['more than ASCII', ['ä😀\ud800'], '"ä😀\\ud800"\n'],
    ['what toJSON returns', [new Date(0)], '"1970-01-01T00:00:00.000Z"\n'],
  ])('sends %s', async (_what, values, expected) => {
    const { status, text, complete } = await send(streamJsonLines, values)
    expect({ status, text, complete }).toEqual({ status: 200, text: expected, complete: true })
  })
})

describe('streamJsonArray', () => {
  test.each<[string, Iterable<unknown> & object, string]>([
    ['no value as an empty array', [], '[]'],
    ['one value', [1], '[1]'],
    ['several values', [1, null, { a: [] }], '[1,null,{"a":[]}]'],
  ])('sends %s', async (_what, values, expected) => {
    const { text, complete, outcome } = await send(streamJsonArray, values)
    expect({ text, complete }).toEqual({ text: expected, complete: true })
    expect(outcome).toMatchObject({ completed: true, bytesSent: expected.length })
  })
})

test('any values come back equal from JSON.parse', async () => {
  let values: unknown[] = []
  const listener: RequestListener = (req, res) => {
    const stream = req.url === '/lines' ? streamJsonLines : streamJsonArray
    void stream(res, values)
  }
  await withServer(listener, async ({ url }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (given) => {
        values = given
        const expected = JSON.parse(JSON.stringify(given))
        const lines = await (await fetch(`${url}/lines`)).text()
        expect(
          lines
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line)),
        ).toEqual(expected)
        expect(await (await fetch(`${url}/array`)).json()).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })
})

describe.each(FORMATS)('%s', (name, stream, mediaType) => {
  const whole = (text: string) =>
    name === 'streamJsonLines'
      ? text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : JSON.parse(text)

  const sources: [string, () => Values][] = [
    ['a Set', () => new Set([1, 2])],
    [
      'an async generator',
      async function* () {
        yield 1
        yield 2
      },
    ],
    ['a Readable', () => Readable.from([1, 2])],
    [
      'a web stream',
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(1)
            controller.enqueue(2)
            controller.close()
          },
        }),
    ],
    ['a function', () => () => [1, 2]],
    ['an async function', () => async () => [1, 2]],
  ]
  test.each(sources)('takes %s', async (_what, make) => {
    const { text } = await send(stream, make())
    expect(whole(text)).toEqual([1, 2])
  })

  test.each([
    ['a string', 'a'],
    ['a number', 1],
    ['null', null],
    ['an object', {}],
  ])('takes no %s', (_what, values) => {
    const res = { writeHead() {}, setHeader() {}, hasHeader: () => false }
    const call = () => stream(res as never, values as never)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(new RegExp(`^${name}: values must be an iterable`))
  })

  test('has its media type without a charset, and no buffering in proxies', async () => {
    const { headers } = await send(stream, [1])
    expect(headers).toMatchObject({
      'content-type': mediaType,
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    })
    expect(headers['cache-control']).toBeUndefined()
  })

  test('keeps the headers that were set before', async () => {
    const { headers } = await send(stream, [1], {}, {}, (res) => {
      res.setHeader('content-type', 'application/x-ndjson')
      res.setHeader('X-Accel-Buffering', 'yes')
    })
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'x-accel-buffering': 'yes',
    })
  })

  test('takes type, download, status and headers', async () => {
    const { status, headers } = await send(stream, [1], {
      type: 'application/x-ndjson',
      download: 'rows.jsonl',
      status: 202,
      headers: { 'X-A': 'b' },
    })
    expect(status).toBe(202)
    expect(headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename=rows.jsonl',
      'x-a': 'b',
    })
  })

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  test.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /no undefined/],
    ['a BigInt', 1n, /BigInt/],
    ['a cycle', cycle, /circular/],
    ['a function', () => {}, /no function/],
  ])('is a 500 for %s as its first value, which names the index', async (_what, value, reason) => {
    const { status, outcome } = await send(stream, [value])
    expect(status).toBe(500)
    expect(outcome.error).toBeInstanceOf(TypeError)
    expect(outcome.error?.message).toMatch(/value at index 0 cannot be sent as JSON/)
    expect(outcome.error?.message).toMatch(reason)
  })

  test('aborts for a later value that JSON has no text for, and names its index', async () => {
    const { status, complete, outcome } = await send(stream, async function* () {
      yield 1
      yield 2
      await nextTurns()
      yield undefined
    })
    expect({ status, complete }).toEqual({ status: 200, complete: false })
    expect(outcome).toMatchObject({ completed: false, aborted: false })
    expect(outcome.error?.message).toMatch(/index 2/)
  })

  test('is a real status where the source fails before its first value', async () => {
    const failing = () => Promise.reject(Object.assign(new Error('Gone'), { status: 410 }))
    expect((await send(stream, failing)).status).toBe(410)
    expect((await send(stream, failing, {}, {}, () => {}, express4)).status).toBe(410)
  })

  test('passes the request and a signal to a function, and calls it once', async () => {
    const make = jest.fn(({ req, signal }: BodyContext) => [req.url, signal.aborted])
    expect(whole((await send(stream, make)).text)).toEqual(['/asked', false])
    expect(make).toHaveBeenCalledTimes(1)
  })

  test('calls no function for HEAD and 204', async () => {
    const never = jest.fn(() => [1])
    const head = await send(stream, never, {}, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, headers: { 'content-type': mediaType } })
    expect(await send(stream, never, { status: 204 })).toMatchObject({ status: 204, text: '' })
    expect(never).not.toHaveBeenCalled()
  })

  test('takes one value for HEAD, and closes the iterator', async () => {
    const events: unknown[] = []
    function* values() {
      try {
        for (let value = 0; value < 5; value++) {
          events.push(value)
          yield value
        }
      } finally {
        events.push('closed')
      }
    }
    const head = await send(stream, values(), {}, { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, headers: { 'content-type': mediaType } })
    expect(events).toEqual([0, 'closed'])
  })

  test('is sent in response to POST', async () => {
    expect(whole((await send(stream, [1], {}, { method: 'POST' })).text)).toEqual([1])
  })

  test('joins values that are there at once, and holds none back', async () => {
    let more: () => void = () => {}
    const listener: RequestListener = (_req, res) =>
      void stream(res, async function* () {
        for (let value = 0; value < 100; value++) yield value
        await new Promise<void>((resolve) => {
          more = resolve
        })
        yield 'last'
      })
    await withServer(listener, async ({ url }) => {
      const { body } = await fetch(url)
      let text = ''
      for await (const chunk of body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString()
        if (text.includes('99')) more()
      }
      expect(whole(text)).toHaveLength(101)
    })
    const { chunks = [] } = await send(stream, new Array(100).fill(1))
    expect(chunks.length).toBeLessThanOrEqual(2)
  })

  test('has each value arrive before the next is produced, through compression() too', async () => {
    let next: () => void = () => {}
    const app = express()
    app.use(compression())
    app.get('/', (_req, res) => {
      void stream(res, async function* () {
        for (const value of ['one', 'two', 'three']) {
          yield value
          await new Promise<void>((resolve) => {
            next = resolve
          })
        }
      })
    })
    await withServer(app, async ({ url }) => {
      const { body } = await fetch(url)
      let text = ''
      for await (const chunk of body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString()
        if (/(one|two|three)"\n?$/.test(text)) next()
      }
      expect(whole(text)).toEqual(['one', 'two', 'three'])
    })
  })

  test('is aborted by the signal of the options, which fires that of the function', async () => {
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    const { complete, outcome } = await send(
      stream,
      async function* ({ signal }: BodyContext) {
        inner = signal
        yield 1
        await nextTurns()
        controller.abort()
        await once(signal, 'abort').catch(() => {})
      },
      { signal: controller.signal },
    )
    expect(complete).toBe(false)
    expect(outcome).toMatchObject({ completed: false, error: { status: 503 } })
    expect(inner?.aborted).toBe(true)
    const early = await send(stream, [1], { signal: AbortSignal.abort() })
    expect(early.status).toBe(503)
  })

  test('fires the signal and ends the generator of a client that disconnects', async () => {
    let outcome: Promise<Outcome> | undefined
    let returned = false
    const values: JsonValuesFunction = async function* ({ signal }) {
      try {
        yield 1
        await once(signal, 'abort')
      } finally {
        returned = true
      }
    }
    const listener: RequestListener = (_req, res) => {
      outcome = stream(res, values)
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      await firstBytes(socket)
      await disconnected(socket, 'RST')
      expect(await outcome).toMatchObject({ aborted: true })
    })
    expect(returned).toBe(true)
  })

  test('holds the generator of a client that does not read, which stallTimeout aborts', async () => {
    let produced = 0
    function* endless() {
      while (true) {
        produced++
        yield 'x'.repeat(16 * 1024)
      }
    }
    let outcome: Promise<Outcome> | undefined
    const listener: RequestListener = (_req, res) => {
      outcome = stream(res, endless(), { stallTimeout: 80 })
    }
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      await firstBytes(socket)
      expect(await outcome).toMatchObject({ aborted: true, error: { code: 'ERR_STALL_TIMEOUT' } })
      socket.destroy()
    })
    // 64 MiB: far more than the buffers of both sockets hold.
    expect(produced).toBeLessThan(4096)
  })

  test('is sent over HTTP/2', async () => {
    await withHttp2Client(
      (_req, res) => void stream(res, [1, 2]),
      async ({ session }) => {
        const http2Stream = openStream(session, '/')
        let text = ''
        http2Stream.on('data', (bytes) => {
          text += bytes
        })
        await once(http2Stream, 'end')
        expect(whole(text)).toEqual([1, 2])
      },
    )
  })

  test('tells onOutcome and onProgress, and sends a digest', async () => {
    const onOutcome = jest.fn()
    const onProgress = jest.fn()
    const { text, trailers, outcome } = await send(stream, [1], {
      digest: 'sha-256',
      maxRate: 1000,
      onOutcome: (ended) => onOutcome(ended),
      onProgress,
    })
    expect(onOutcome).toHaveBeenCalledWith(outcome)
    expect(onProgress).toHaveBeenLastCalledWith({ bytesSent: text.length })
    expect(trailers['repr-digest']).toMatch(/^sha-256=:/)
  })

  test('rejects with errors: "throw"', async () => {
    const rejected = jest.fn()
    const listener: RequestListener = (_req, res) => {
      stream(res, [1n], { errors: 'throw' }).catch((error) => {
        rejected(error)
        res.end()
      })
    }
    await withServer(listener, async ({ port }) => void (await request(port, '/')))
    expect(rejected.mock.calls[0][0].message).toMatch(/index 0/)
  })

  test.each([
    'heartbeat',
    'retry',
    'chunkSize',
    'contentLength',
    'maxAge',
    'etag',
    'transform',
    'root',
  ])('has no option %s', (option) => {
    const res = { writeHead() {}, setHeader() {}, hasHeader: () => false }
    const call = () => stream(res as never, [], { [option]: 1 } as never)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(`${name}: unknown option "${option}"`)
  })

  test('does not compile with the options and values of others', () => {
    const res = { writeHead() {}, setHeader() {}, hasHeader: () => false } as never
    // @ts-expect-error a heartbeat would be no JSON
    expect(() => stream(res, [], { heartbeat: 1 })).toThrow(TypeError)
    // @ts-expect-error values have no length before they are encoded
    expect(() => stream(res, [], { contentLength: 1 })).toThrow(TypeError)
    // @ts-expect-error a string is iterable, and its characters are hardly meant
    expect(() => stream(res, 'text')).toThrow(TypeError)
  })
})
