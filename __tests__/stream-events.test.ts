import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import compression from 'compression'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import {
  type EventsContext,
  type EventsFunction,
  type EventValues,
  type Outcome,
  type ServerSentEvent,
  type StreamEventsOptions,
  streamEvents,
} from '../lib/index.js'
import { ask, disconnected, firstBytes, restOf } from './support/clients.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { expectSilence } from './support/process-noise.js'
import { parseResponses, type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

type Events = EventValues | EventsFunction
type Asked = Parameters<typeof request>[2]

const express4: typeof express = require('express4')

/** Sends events in an Express app, and asks for them. */
async function send(
  events: Events,
  options: StreamEventsOptions = {},
  asked: Asked = {},
  prepare: (res: ServerResponse) => void = () => {},
  framework = express,
): Promise<RawResponse & { outcome: Outcome; text: string }> {
  let outcome: Promise<Outcome> | undefined
  const app = framework()
  app.set('env', 'test')
  app.use((_req, res) => {
    prepare(res)
    outcome = streamEvents(res, events, options)
  })
  return withServer(app, async ({ port }) => {
    const response = await request(port, '/asked', asked)
    if (outcome === undefined) throw new Error('There was no response')
    return { ...response, outcome: await outcome, text: response.body.toString() }
  })
}

/** A listener whose outcomes can be waited for. */
function listenerOf(events: Events, options: StreamEventsOptions = {}) {
  const outcomes: Promise<Outcome>[] = []
  const listener: RequestListener = (_req, res) => {
    outcomes.push(streamEvents(res, events, options))
  }
  return { listener, outcomes }
}

/** Never yields again, until the signal fires. */
async function* onceAndWait({ signal }: EventsContext): AsyncGenerator<string> {
  yield 'first'
  await once(signal, 'abort')
}

/** Reads over a socket until a text has come. */
function textReader(socket: NodeJS.ReadableStream) {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  return (expected: string) => eventually(() => text.includes(expected))
}

describe('the encoding', () => {
  test.each<[string, Iterable<string | ServerSentEvent>, string]>([
    ['a string', new Set(['hello']), 'data: hello\n\n'],
    ['several lines', ['a\nb\rc\r\nd'], 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    ['a leading space', [' a'], 'data:  a\n\n'],
    ['JSON', [{ data: { a: 1 } }], 'data: {"a":1}\n\n'],
    [
      'all fields',
      [{ comment: 'c', event: 'e', id: 1, retry: 2, data: 'd' }],
      ': c\nevent: e\nid: 1\nretry: 2\ndata: d\n\n',
    ],
    ['no field at all, which sends nothing', [{}, 'a', {}], 'data: a\n\n'],
    ['a comment of two lines', [{ comment: 'a\nb' }], ': a\n: b\n\n'],
    ['more than ASCII', ['ä€😀'], 'data: ä€😀\n\n'],
  ])('sends %s', async (_what, events, expected) => {
    const { status, text, complete, outcome } = await send(events)
    expect({ status, text, complete }).toEqual({ status: 200, text: expected, complete: true })
    expect(outcome).toMatchObject({ completed: true, bytesSent: Buffer.byteLength(expected) })
  })

  const refused: [string, Iterable<unknown>, RegExp][] = [
    ['a number', [1], /not 1/],
    ['null', [null], /not null/],
    ['bytes', [Buffer.from('a')], /not bytes/],
    ['an unknown key', [{ date: 1 }], /"date"/],
    ['data that JSON has no text for', [{ data: 1n }], /"data"/],
    ['a negative retry', [{ retry: -1 }], /"retry"/],
    ['an unsafe retry', [{ retry: 2 ** 53 }], /"retry"/],
    ['an id with NUL', [{ id: '\0' }], /"id"/],
    ['an event with a line end', [{ event: '\n' }], /"event"/],
  ]
  test.each(refused)('is a 500 with a TypeError for %s', async (_what, events, message) => {
    const { status, outcome } = await send(events as never)
    expect(status).toBe(500)
    expect(outcome.error).toBeInstanceOf(TypeError)
    expect(outcome.error?.message).toMatch(message)
  })

  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\0]/g, ''))
  const event = fc.record(
    {
      data: fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', ' ', '😀'), line) }),
      event: line.filter((text) => text !== ''),
      id: line,
    },
    { requiredKeys: ['data'] },
  )
  test('any events come back equal from an independent parser', async () => {
    let events: ServerSentEvent[] = []
    const listener: RequestListener = (_req, res) => void streamEvents(res, events)
    await withServer(listener, async ({ url }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(event), async (given) => {
          events = given
          const received: EventSourceMessage[] = []
          const parser = createParser({ onEvent: (message) => received.push(message) })
          const decoder = new TextDecoder()
          const { body } = await fetch(url)
          for await (const chunk of body ?? []) {
            parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
          }
          expect(received).toEqual(
            given.map(({ data, event, id }) => ({
              data: data.replace(/\r\n|\r/g, '\n'),
              event,
              id,
            })),
          )
        }),
        { numRuns: 50 },
      )
    })
  })
})

describe('the source', () => {
  const sources: [string, () => Events][] = [
    ['an array', () => ['a', { data: 'b' }]],
    [
      'an async generator',
      async function* () {
        yield 'a'
        yield { data: 'b' }
      },
    ],
    ['a Readable', () => Readable.from(['a', { data: 'b' }])],
    [
      'a web stream',
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue('a')
            controller.enqueue({ data: 'b' })
            controller.close()
          },
        }),
    ],
    ['a function', () => () => ['a', { data: 'b' }]],
    ['an async function', () => async () => ['a', { data: 'b' }]],
  ]
  test.each(sources)('may be %s', async (_what, make) => {
    expect((await send(make())).text).toBe('data: a\n\ndata: b\n\n')
  })

  const used = new ReadableStream()
  used.getReader()
  const ended = new Readable({ read() {} })
  ended.destroy()
  test.each<[string, unknown, RegExp]>([
    ['a string', 'a', /events must be an iterable.*not a string; iterate it yourself/],
    ['a number', 1, /not 1/],
    ['null', null, /not null/],
    ['a promise', Promise.resolve([]), /a promise; await it/],
    ['an object', {}, /cannot be iterated/],
    ['a locked stream', used, /streamEvents: events is a ReadableStream that is locked/],
    ['a destroyed Readable', ended, /streamEvents: events is a Readable that is destroyed/],
  ])('may not be %s, which is a TypeError at once', async (_what, events, message) => {
    const res = { writeHead() {}, setHeader() {}, hasHeader: () => false }
    const call = () => streamEvents(res as never, events as never)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })

  test('a string does not compile', () => {
    // @ts-expect-error a string is iterable, and its characters are no events
    expect(() => streamEvents({} as never, 'text')).toThrow(TypeError)
  })

  test('a function that returns a string is a 500', async () => {
    const { status, outcome } = await send((() => 'text') as never)
    expect(status).toBe(500)
    expect(outcome.error?.message).toMatch(/function returned.*must be an iterable.*not a string/)
  })

  test('what is no response is a TypeError', () => {
    expect(() => streamEvents({} as never, [])).toThrow(/streamEvents: res must be the response/)
  })
})

describe('the headers', () => {
  test('are those of an event stream', async () => {
    const { headers } = await send(['a'])
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    })
  })

  const own = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'private',
    'X-Accel-Buffering': 'yes',
  }
  const expected = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'private',
    'x-accel-buffering': 'yes',
  }
  test('are kept if set before', async () => {
    const { headers } = await send(['a'], {}, {}, (res) => {
      for (const [name, value] of Object.entries(own)) res.setHeader(name, value)
    })
    expect(headers).toMatchObject(expected)
  })

  test('are those of the options', async () => {
    const lowerCase = Object.fromEntries(
      Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]),
    )
    const { headers } = await send(['a'], { headers: { ...lowerCase, 'X-A': 'b' } })
    expect(headers).toMatchObject({ ...expected, 'x-a': 'b' })
  })

  test('are not left on a response that failed before its first event', async () => {
    const { headers, status } = await send([1] as never)
    expect(status).toBe(500)
    expect(headers['x-accel-buffering']).toBeUndefined()
    expect(headers['content-type']).toMatch('text/html')
  })

  test.each(['POST', 'PUT', 'DELETE'])('go with events to %s too', async (method) => {
    const { status, text } = await send(['a'], {}, { method })
    expect({ status, text }).toEqual({ status: 200, text: 'data: a\n\n' })
  })

  test('have the status of the options', async () => {
    expect((await send(['a'], { status: 201 })).status).toBe(201)
  })
})

describe('a function', () => {
  test('is called once, with the request, the signal and the last id', async () => {
    const make = jest.fn(({ lastEventId, req, signal }: EventsContext) => [
      `${req.url} ${signal.aborted} ${lastEventId}`,
    ])
    const { text } = await send(make, {}, { headers: ['Last-Event-ID: 7'] })
    expect(text).toBe('data: /asked false 7\n\n')
    expect(make).toHaveBeenCalledTimes(1)
  })

  const idOf = ({ lastEventId }: EventsContext) => [{ data: { lastEventId } }]

  test('is told no last id by a client that has none', async () => {
    expect((await send(idOf)).text).toBe('data: {}\n\n')
  })

  test('is told the last id decoded as UTF-8', async () => {
    const bytes = Buffer.from('Zähler 😀').toString('latin1')
    const { text } = await send(idOf, {}, { headers: [`Last-Event-ID: ${bytes}`] })
    expect(text).toBe('data: {"lastEventId":"Zähler 😀"}\n\n')
  })

  const never = jest.fn(() => ['a'])
  beforeEach(() => never.mockClear())

  test('is not called for HEAD, which has the headers of GET', async () => {
    const { status, headers, outcome } = await send(never, {}, { method: 'HEAD' })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    })
    expect(outcome).toMatchObject({ completed: true, bytesSent: 0 })
    expect(never).not.toHaveBeenCalled()
  })

  test('is not called for 204, which tells EventSource to stop', async () => {
    const { status, text } = await send(never, { status: 204 })
    expect({ status, text }).toEqual({ status: 204, text: '' })
    expect(never).not.toHaveBeenCalled()
  })

  test('is not called where the signal fired before', async () => {
    const { status, text, complete, outcome } = await send(never, { signal: AbortSignal.abort() })
    expect({ status, text, complete }).toEqual({ status: 200, text: '', complete: true })
    expect(outcome).toMatchObject({ completed: true })
    expect(never).not.toHaveBeenCalled()
  })

  test.each<[string, EventsFunction]>([
    [
      'throws',
      () => {
        throw Object.assign(new Error('Gone'), { status: 410 })
      },
    ],
    [
      'rejects',
      async () => {
        throw Object.assign(new Error('Gone'), { status: 410 })
      },
    ],
    [
      'returns an iterable that fails at once',
      () =>
        new ReadableStream<string>({
          start: (controller) =>
            controller.error(Object.assign(new Error('Gone'), { status: 410 })),
        }),
    ],
  ])('that %s has a real status', async (_how, make) => {
    const { status, outcome } = await send(make, { retry: 5 })
    expect(status).toBe(410)
    expect(outcome).toMatchObject({ status: 410, completed: false, aborted: false })
  })

  test('that fails rejects with errors: "throw"', async () => {
    const error = new Error('No database')
    const rejected = jest.fn()
    const listener: RequestListener = (_req, res) => {
      streamEvents(res, () => Promise.reject(error), { errors: 'throw' }).catch((reason) => {
        rejected(reason)
        res.end()
      })
    }
    await withServer(listener, async ({ port }) => void (await request(port, '/')))
    expect(rejected).toHaveBeenCalledWith(error)
  })
})

/** Lets sockets and promises go on, where timers stand still. */
async function until(check: () => boolean): Promise<void> {
  for (let turn = 0; !check(); turn++) {
    if (turn > 1_000_000) throw new Error(`Never became true: ${check}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('with a clock that the test moves', () => {
  beforeEach(() =>
    jest.useFakeTimers({
      doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
    }),
  )
  afterEach(() => jest.useRealTimers())

  /** A client, what it received so far, and a way to send it an event. */
  async function withClient(
    options: StreamEventsOptions,
    use: (client: {
      body: () => string | undefined
      publish: (event: string) => void
      outcome: () => Promise<Outcome> | undefined
      fail: (error: Error) => void
    }) => Promise<void>,
  ): Promise<void> {
    let publish: (event: string) => void = () => {}
    let fail: (error: Error) => void = () => {}
    let called = false
    const events: EventsFunction = () => {
      called = true
      return new ReadableStream<string>({
        start(controller) {
          publish = (event) => controller.enqueue(event)
          fail = (error) => controller.error(error)
        },
      })
    }
    const { listener, outcomes } = listenerOf(events, options)
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      let received = ''
      socket.on('data', (bytes) => {
        received += bytes
      })
      socket.resume()
      await until(() => called)
      await turns()
      const body = () => {
        if (received === '') return undefined
        const [response] = parseResponses(Buffer.from(received))
        return response?.body.toString()
      }
      await use({
        body,
        publish: (event) => publish(event),
        fail: (error) => fail(error),
        outcome: () => outcomes[0],
      })
      socket.destroy()
      await until(() => socket.destroyed)
    })
  }

  test.each<[string, StreamEventsOptions, string]>([
    ['a comment', {}, ':\n\n'],
    ['retry', { retry: 2000 }, 'retry: 2000\n\n'],
  ])('a stream without an event opens with %s after a second', async (_what, options, opening) => {
    await withClient({ ...options, heartbeat: 10 }, async ({ body, publish }) => {
      jest.advanceTimersByTime(999)
      await turns()
      expect(body()).toBeUndefined()
      jest.advanceTimersByTime(1)
      await until(() => body() === opening)
      publish('late')
      await until(() => body() === `${opening}data: late\n\n`)
    })
  })

  test('an event within the second follows retry', async () => {
    await withClient({ retry: 2000 }, async ({ body, publish }) => {
      publish('early')
      await until(() => body() === 'retry: 2000\n\ndata: early\n\n')
      jest.advanceTimersByTime(1000)
      await turns()
      expect(body()).toBe('retry: 2000\n\ndata: early\n\n')
    })
  })

  test('a failure within the second is a real status', async () => {
    await withClient({}, async ({ fail, outcome }) => {
      jest.advanceTimersByTime(999)
      fail(Object.assign(new Error('Gone'), { status: 410 }))
      expect(await outcome()).toMatchObject({ status: 410 })
    })
  })

  test('a heartbeat is sent when nothing was sent for 15 seconds, at most a second later', async () => {
    await withClient({}, async ({ body, publish }) => {
      publish('a')
      await until(() => body() === 'data: a\n\n')
      jest.advanceTimersByTime(14_900)
      await turns()
      expect(body()).toBe('data: a\n\n')
      jest.advanceTimersByTime(1100)
      await until(() => body() === 'data: a\n\n:\n\n')
      jest.advanceTimersByTime(10_000)
      publish('b')
      await until(() => body() === 'data: a\n\n:\n\ndata: b\n\n')
      jest.advanceTimersByTime(14_000)
      await turns()
      expect(body()).toBe('data: a\n\n:\n\ndata: b\n\n')
    })
  })

  test('a heartbeat has the interval of the options, and is at most a tenth of it late', async () => {
    await withClient({ heartbeat: 100 }, async ({ body, publish }) => {
      publish('a')
      await until(() => body() === 'data: a\n\n')
      jest.advanceTimersByTime(110)
      await until(() => body() === 'data: a\n\n:\n\n')
      await turns()
      jest.advanceTimersByTime(110)
      await until(() => body() === 'data: a\n\n:\n\n:\n\n')
    })
  })

  test('there is no heartbeat with false', async () => {
    await withClient({ heartbeat: false }, async ({ body, publish }) => {
      publish('a')
      await until(() => body() === 'data: a\n\n')
      jest.advanceTimersByTime(1_000_000)
      await turns()
      expect(body()).toBe('data: a\n\n')
    })
  })

  test('no timer is left after a stream', async () => {
    const before = jest.getTimerCount()
    const signals = new AbortController()
    await withClient({ signal: signals.signal }, async ({ outcome }) => {
      expect(jest.getTimerCount()).toBeGreaterThan(before)
      signals.abort()
      await outcome()
    })
    // Those of the sockets are Node's own.
    await until(() => jest.getTimerCount() <= before)
  })
})

describe('the signal of the options', () => {
  test('ends the stream whole, and fires the signal of the function', async () => {
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    let returned = false
    const { listener, outcomes } = listenerOf(
      async function* (context) {
        inner = context.signal
        try {
          yield 'first'
          await once(context.signal, 'abort')
        } finally {
          returned = true
        }
      },
      { signal: controller.signal },
    )
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/', ['Connection: close'])
      const first = await firstBytes(socket)
      controller.abort()
      const { bytes } = await restOf(socket)
      const [response] = parseResponses(Buffer.concat([first, bytes]))
      expect(response).toMatchObject({ status: 200, complete: true })
      expect(response?.body.toString()).toBe('data: first\n\n')
      expect(await outcomes[0]).toMatchObject({ completed: true, aborted: false })
    })
    expect({ aborted: inner?.aborted, returned }).toEqual({ aborted: true, returned: true })
  })

  test('sends the events that were taken before it', async () => {
    const controller = new AbortController()
    const { text, complete } = await send(
      async function* () {
        yield 'one'
        yield 'two'
        controller.abort()
        yield 'three'
      },
      { signal: controller.signal },
    )
    expect({ text, complete }).toEqual({ text: 'data: one\n\ndata: two\n\n', complete: true })
  })

  test('that fires before the first event makes a whole 200 that tells when to reconnect', async () => {
    const controller = new AbortController()
    const { status, text, complete } = await send(
      () => {
        controller.abort()
        return new Promise<never>(() => {})
      },
      { signal: controller.signal, retry: 5 },
    )
    expect({ status, text, complete }).toEqual({
      status: 200,
      text: 'retry: 5\n\n',
      complete: true,
    })
  })

  test('closes an iterable that was never read', async () => {
    const source = new Readable({ objectMode: true, read() {} })
    await send(source, { signal: AbortSignal.abort() })
    expect(source.destroyed).toBe(true)
  })

  test('lets server.close() end with events open', async () => {
    const stop = new AbortController()
    const { listener } = listenerOf(onceAndWait, { signal: stop.signal })
    await withServer(listener, async ({ port, server }) => {
      const socket = await ask(port, '/')
      await firstBytes(socket)
      const closed = new Promise((resolve) => server.close(resolve))
      stop.abort()
      server.closeIdleConnections()
      socket.resume()
      socket.on('end', () => socket.end())
      await closed
    })
  })
})

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('a client of %s', (protocol) => {
  const returned = jest.fn()
  async function* waiting({ signal }: EventsContext) {
    try {
      yield 'first'
      await once(signal, 'abort')
    } finally {
      returned()
    }
  }

  test('that disconnects fires the signal, ends the generator and is an abort', async () => {
    let outcome: Promise<Outcome> | undefined
    returned.mockClear()
    await expectSilence(async () => {
      if (protocol === 'HTTP/1.1') {
        await withServer(
          (_req, res) => {
            outcome = streamEvents(res, waiting)
          },
          async ({ port }) => {
            const socket = await ask(port, '/')
            await firstBytes(socket)
            await disconnected(socket, 'RST')
            await outcome
          },
        )
      } else {
        await withHttp2Client(
          (_req, res) => {
            outcome = streamEvents(res, waiting)
          },
          async ({ session }) => {
            const stream = openStream(session, '/')
            await once(stream, 'data')
            stream.close()
            await eventually(() => returned.mock.calls.length === 1)
            await outcome
          },
        )
      }
    })
    expect(await outcome).toMatchObject({ aborted: true, completed: false })
    expect((await outcome)?.error).toBeUndefined()
    expect(returned).toHaveBeenCalledTimes(1)
  })
})

test('over HTTP/2 events come as they are produced, and the last id is decoded', async () => {
  let publish: () => void = () => {}
  await withHttp2Client(
    (_req, res) =>
      void streamEvents(res, async function* ({ lastEventId }) {
        yield `after ${lastEventId}`
        await new Promise<void>((resolve) => {
          publish = resolve
        })
        yield 'second'
      }),
    async ({ session }) => {
      const id = Buffer.from('ä').toString('latin1')
      const stream = openStream(session, '/', { 'last-event-id': id })
      const received = textReader(stream)
      const ended = once(stream, 'end')
      const [headers] = await once(stream, 'response')
      expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' })
      await received('data: after ä\n\n')
      publish()
      await received('data: second\n\n')
      await ended
    },
  )
})

test('a client that does not read holds the generator', async () => {
  let produced = 0
  function* endless(): Generator<string> {
    while (true) {
      produced++
      yield 'x'.repeat(16 * 1024)
    }
  }
  const { listener, outcomes } = listenerOf(endless())
  await withServer(listener, async ({ port }) => {
    const socket = await ask(port, '/')
    await firstBytes(socket)
    let before = -1
    await eventually(async () => {
      const settled = before === produced
      before = produced
      await new Promise((resolve) => setTimeout(resolve, 50))
      return settled
    })
    await turns()
    expect(produced).toBe(before)
    await disconnected(socket, 'RST')
    expect(await outcomes[0]).toMatchObject({ aborted: true })
  })
})

test('stallTimeout aborts a client that takes nothing, with an error', async () => {
  function* endless(): Generator<string> {
    while (true) yield 'x'.repeat(16 * 1024)
  }
  const { listener, outcomes } = listenerOf(endless(), { stallTimeout: 80 })
  await withServer(listener, async ({ port }) => {
    const socket = await ask(port, '/')
    await firstBytes(socket)
    expect(await outcomes[0]).toMatchObject({
      aborted: true,
      completed: false,
      error: { code: 'ERR_STALL_TIMEOUT' },
    })
  })
})

test('an error in mid-stream aborts the connection', async () => {
  const error = new Error('Too late')
  const outcomes: Outcome[] = []
  const { text, complete, outcome } = await send(
    async function* () {
      yield { id: 1, data: 'first' }
      await turns()
      throw error
    },
    { onOutcome: (ended) => void outcomes.push(ended) },
  )
  expect({ text, complete }).toEqual({ text: 'id: 1\ndata: first\n\n', complete: false })
  expect(outcome).toMatchObject({
    completed: false,
    aborted: false,
    error: { message: 'Too late' },
  })
  expect(outcomes).toEqual([outcome])
})

test('an item that is no event aborts the connection after the events before it', async () => {
  const { complete, outcome } = await send(async function* () {
    yield 'first'
    await turns()
    yield 7 as never
  })
  expect(complete).toBe(false)
  expect(outcome.error?.message).toMatch(/not 7/)
})

test('compression() flushes each event before the next is produced', async () => {
  let publish: () => void = () => {}
  const app = express()
  app.use(compression())
  app.get('/', (_req, res) => {
    void streamEvents(res, async function* () {
      for (const name of ['one', 'two', 'three']) {
        yield name
        await new Promise<void>((resolve) => {
          publish = resolve
        })
      }
    })
  })
  await withServer(app, async ({ url }) => {
    const { body, headers } = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } })
    expect(headers.get('content-encoding')).toBe('gzip')
    let text = ''
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString()
      if (/(one|two|three)\n\n$/.test(text)) publish()
    }
    expect(text).toBe('data: one\n\ndata: two\n\ndata: three\n\n')
  })
})

test.each([
  ['4', express4],
  ['5', express],
])('Express %s is told of an early failure', async (_version, framework) => {
  const told = jest.fn()
  const app = framework()
  app.get('/', (_req, res) => {
    void streamEvents(res, () => Promise.reject(Object.assign(new Error('Gone'), { status: 410 })))
  })
  app.get('/events', (_req, res) => {
    void streamEvents(res, ['a'])
  })
  app.use((error: Error, _req: unknown, res: import('express').Response, _next: unknown) => {
    told(error.message)
    res.status(410).end()
  })
  await withServer(app, async ({ port }) => {
    expect((await request(port, '/')).status).toBe(410)
    expect((await request(port, '/events')).body.toString()).toBe('data: a\n\n')
  })
  expect(told).toHaveBeenCalledWith('Gone')
})

describe('the options', () => {
  const res = { writeHead() {}, setHeader() {}, hasHeader: () => false }
  const call = (options: unknown) => () => streamEvents(res as never, [], options as never)

  test.each([
    ['heartbeat', 0, /"heartbeat" must be an integer of at least 1.*or false, not 0/],
    ['heartbeat', true, /"heartbeat"/],
    ['heartbeat', 1.5, /"heartbeat"/],
    ['heartbeat', 2 ** 31, /"heartbeat"/],
    ['retry', -1, /"retry"/],
    ['retry', 1.5, /"retry"/],
    ['retry', 2 ** 53, /"retry"/],
    ['type', 'txt', /streamEvents: unknown option "type"/],
    ['download', true, /unknown option "download"/],
    ['chunkSize', 1, /unknown option "chunkSize"/],
    ['contentLength', true, /unknown option "contentLength"/],
    ['maxAge', 1, /unknown option "maxAge"/],
    ['headers', { 'a b': 'c' }, /streamEvents: option "headers" has a header "a b"/],
    ['signal', {}, /"signal"/],
  ])('may not have %s: %p', (name, value, message) => {
    expect(call({ [name]: value })).toThrow(TypeError)
    expect(call({ [name]: value })).toThrow(message)
  })

  test('that are of no use do not compile', () => {
    // @ts-expect-error there is one media type of events
    expect(() => streamEvents(res as never, [], { type: 'txt' })).toThrow(TypeError)
    // @ts-expect-error events are no download
    expect(() => streamEvents(res as never, [], { download: true })).toThrow(TypeError)
    // @ts-expect-error an event is a chunk
    expect(() => streamEvents(res as never, [], { chunkSize: 1 })).toThrow(TypeError)
    // @ts-expect-error false is for none
    expect(() => streamEvents(res as never, [], { heartbeat: true })).toThrow(TypeError)
  })

  test('may be null or left out', async () => {
    expect((await send(['a'], { heartbeat: null, retry: null, signal: null })).text).toBe(
      'data: a\n\n',
    )
  })

  test('digest sends the digest of what was sent as a trailer', async () => {
    const { trailers } = await send(['a'], { digest: 'sha-256' })
    expect(trailers['repr-digest']).toMatch(/^sha-256=:.+:$/)
  })

  test('maxRate and onProgress apply', async () => {
    const progress = jest.fn()
    const { text } = await send(['a'], { maxRate: 1000, onProgress: progress })
    expect(text).toBe('data: a\n\n')
    expect(progress).toHaveBeenLastCalledWith({ bytesSent: text.length })
  })
})

test('the outcome of a response that was sent already is an error, and the iterable is closed', async () => {
  const source = new Readable({ objectMode: true, read() {} })
  let outcome: Promise<Outcome> | undefined
  await withServer(
    (_req, res) => {
      res.end('other')
      outcome = streamEvents(res, source)
    },
    async ({ port }) => {
      expect((await request(port, '/')).body.toString()).toBe('other')
      expect(await outcome).toMatchObject({ completed: false, error: { status: 500 } })
    },
  )
  expect(source.destroyed).toBe(true)
})
