import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import {
  type BodyChunk,
  type Outcome,
  type StreamResponseOptions,
  streamResponse,
} from '../lib/index.js'
import { eventually } from './support/eventually.js'
import { withServer } from './support/server.js'

/** A body that records its calls. `stuck` never yields a second item. */
function watched({ item = 'x'.repeat(1000), stuck = false } = {}) {
  const seen = { pulled: 0, returned: 0, cleanedUp: 0 }
  async function* generate(): AsyncGenerator<string> {
    try {
      yield item
      while (true) {
        seen.pulled++
        if (stuck) await new Promise(() => {})
        yield item
      }
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 5))
      seen.cleanedUp++
    }
  }
  const generator = generate()
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => generator.next(),
      return: () => {
        seen.returned++
        return generator.return(undefined)
      },
    }),
  }
  return { seen, body }
}

type Body = AsyncIterable<BodyChunk> | Iterable<BodyChunk> | Readable | ReadableStream<BodyChunk>

/** Runs `use` with a connection that has requested the body and reads nothing by itself. */
async function asking(
  body: Body,
  options: StreamResponseOptions<Body>,
  use: (socket: Socket, started: { res: ServerResponse; outcome: Promise<Outcome> }) => unknown,
): Promise<Outcome> {
  let start: (started: { res: ServerResponse; outcome: Promise<Outcome> }) => void
  const started = new Promise<{ res: ServerResponse; outcome: Promise<Outcome> }>((resolve) => {
    start = resolve
  })
  const listener = (_req: IncomingMessage, res: ServerResponse) =>
    start({ res, outcome: streamResponse(res, body, options) })
  return withServer(listener, async ({ port }) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const begun = await started
    await use(socket, begun)
    const outcome = await begun.outcome
    socket.destroy()
    return outcome
  })
}

describe('an early exit calls return() once, and waits for it', () => {
  test('the client disconnects during the body', async () => {
    const { seen, body } = watched()
    const outcome = await asking(body, {}, async (socket) => {
      await once(socket, 'data')
      socket.destroy()
    })
    expect(outcome).toMatchObject({ status: 200, aborted: true, completed: false })
    expect(outcome.error).toBeUndefined()
    expect(seen).toMatchObject({ returned: 1, cleanedUp: 1 })
  })

  test('the client disconnects while it stalls, and no more was pulled than its buffers hold', async () => {
    const { seen, body } = watched({ item: 'x'.repeat(100_000) })
    const outcome = await asking(body, {}, async (socket, { res }) => {
      socket.pause()
      await eventually(() => res.writableNeedDrain)
      // What the buffers of both ends hold differs; once they are full nothing more is pulled.
      await eventually(async () => {
        const { pulled } = seen
        await new Promise((resolve) => setTimeout(resolve, 50))
        return seen.pulled === pulled
      })
      socket.destroy()
    })
    expect(outcome.aborted).toBe(true)
    expect(seen).toMatchObject({ returned: 1, cleanedUp: 1 })
  })

  test('the client disconnects before the first item', async () => {
    let returned = 0
    const body: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => ({ done: true, value: returned++ }),
      }),
    }
    const outcome = await asking(body, {}, (socket) => socket.destroy())
    expect(outcome).toMatchObject({ aborted: true, bytesSent: 0 })
    expect(returned).toBe(1)
  })

  test('the client disconnected before the call', async () => {
    const { seen, body } = watched()
    const outcome = await new Promise<Outcome>((resolve) => {
      void withServer(
        (req, res) => req.socket.destroy().once('close', () => resolve(streamResponse(res, body))),
        async ({ port }) => {
          const socket = connect(port, '127.0.0.1')
          socket.on('error', () => {})
          socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
          await once(socket, 'close')
        },
      )
    })
    expect(outcome).toMatchObject({ aborted: true, bytesSent: 0 })
    expect(seen).toEqual({ pulled: 0, returned: 1, cleanedUp: 0 })
  })

  test('the signal fires', async () => {
    const { seen, body } = watched()
    const controller = new AbortController()
    const outcome = await asking(body, { signal: controller.signal }, async (socket) => {
      await once(socket, 'data')
      controller.abort(new Error('Enough'))
    })
    expect(outcome).toMatchObject({ completed: false, aborted: false, error: { status: 503 } })
    expect(outcome.error?.cause).toMatchObject({ message: 'Enough' })
    expect(seen).toMatchObject({ returned: 1, cleanedUp: 1 })
  })

  test('an item is invalid', async () => {
    let returned = 0
    const body = {
      [Symbol.iterator]: () => ({
        pulled: 0,
        next() {
          return { done: false, value: this.pulled++ === 0 ? 'first' : 42 }
        },
        return: () => ({ done: true, value: returned++ }),
      }),
    }
    // @ts-expect-error what callers without TypeScript may pass
    const outcome = await asking(body, {}, () => {})
    expect(outcome).toMatchObject({ completed: false, error: { status: 500 } })
    expect(returned).toBe(1)
  })

  test('a header that cannot be sent', async () => {
    const { seen, body } = watched()
    const outcome = await new Promise<Outcome>((resolve) => {
      void withServer(
        (_req, res) => {
          res.statusCode = 1000
          resolve(streamResponse(res, body))
        },
        async ({ port }) => {
          await fetch(`http://127.0.0.1:${port}/`)
        },
      )
    })
    expect(outcome.error).toBeDefined()
    expect(seen.returned).toBe(1)
  })

  test('an HTTP/2 client resets its stream', async () => {
    const { seen, body } = watched()
    let outcome: Promise<Outcome> | undefined
    const server = createHttp2((_req, res) => {
      outcome = streamResponse(res, body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const stream = client.request({ ':path': '/' })
    try {
      await once(stream, 'data')
      stream.close(8)
      await eventually(() => seen.cleanedUp === 1)
      expect(await outcome).toMatchObject({ aborted: true, completed: false })
      expect(seen.returned).toBe(1)
    } finally {
      client.destroy()
      server.close()
    }
  })
})

test('return() is not called on a body that ends by itself', async () => {
  const returns = jest.fn()
  const body = {
    [Symbol.iterator]: () => ({ ...['a', 'b'].values(), next: next(['a', 'b']), return: returns }),
  }
  const outcome = await asking(body, {}, (socket) => once(socket, 'data'))
  expect(outcome.completed).toBe(true)
  expect(returns).not.toHaveBeenCalled()
})

test('return() is not called on a body that throws', async () => {
  const returns = jest.fn()
  const failing = () => {
    throw new Error('no')
  }
  const body = { [Symbol.iterator]: () => ({ next: failing, return: returns }) }
  const outcome = await asking(body, {}, (socket) => once(socket, 'data'))
  expect(outcome.error?.status).toBe(500)
  expect(returns).not.toHaveBeenCalled()
})

describe('a generator that cannot be ended does not hang the outcome', () => {
  test('stuck between two items', async () => {
    const { seen, body } = watched({ stuck: true })
    const outcome = await asking(body, {}, async (socket) => {
      await once(socket, 'data')
      socket.destroy()
    })
    expect(outcome.aborted).toBe(true)
    expect(seen).toMatchObject({ returned: 1, cleanedUp: 0 })
  })

  test.each<[string, () => unknown]>([
    ['that throws', () => raise(new Error('cleanup'))],
    ['that rejects', () => Promise.reject(new Error('cleanup'))],
  ])('with a return() %s', async (_what, disconnected) => {
    const body = { [Symbol.asyncIterator]: () => ({ next: next(['a']), return: disconnected }) }
    // @ts-expect-error what callers without TypeScript may pass
    const outcome = await asking(body, {}, async (socket) => {
      await once(socket, 'data')
      socket.destroy()
    })
    expect(outcome.aborted || outcome.completed).toBe(true)
  })
})

describe('streams are closed', () => {
  test('a Readable is destroyed when the client disconnects, though it never yields another byte', async () => {
    const readable = new Readable({ read() {} })
    readable.push('first')
    const outcome = await asking(readable, {}, async (socket) => {
      await once(socket, 'data')
      socket.destroy()
    })
    expect(outcome.aborted).toBe(true)
    expect(readable.destroyed).toBe(true)
  })

  test('an unused Readable that fails when it is destroyed affects nothing else', async () => {
    const readable = new Readable({
      read() {},
      destroy: (_error, done) => done(new Error('cleanup')),
    })
    const closed = new Promise((resolve) => readable.once('close', () => setImmediate(resolve)))
    const outcome = await asking(readable, { status: 204 }, () => {})
    expect(outcome).toMatchObject({ status: 204, completed: true })
    await closed
  })

  test('a Readable that fails after its first chunk aborts the response', async () => {
    const readable = new Readable({ read() {} })
    readable.push('first')
    const outcome = await asking(readable, {}, async (socket) => {
      await once(socket, 'data')
      readable.destroy(new Error('lost'))
    })
    expect(outcome).toMatchObject({ completed: false, aborted: false, error: { status: 500 } })
  })

  test('a web stream is cancelled when the client disconnects', async () => {
    const cancel = jest.fn()
    const stream = new ReadableStream<string>({
      start: (controller) => controller.enqueue('first'),
      cancel,
    })
    const outcome = await asking(stream, {}, async (socket) => {
      await once(socket, 'data')
      socket.destroy()
    })
    expect(outcome.aborted).toBe(true)
    expect(cancel).toHaveBeenCalledTimes(1)
  })
})

describe('the event loop is not blocked', () => {
  const TURNS = 5

  /** Lets a body go on until others had some turns, or until it is plain that they get none. */
  async function turnsDuring(bodyWhile: (more: () => boolean) => Body): Promise<number> {
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    const deadline = performance.now() + 3000
    const body = bodyWhile(() => turns < TURNS && performance.now() < deadline)
    await asking(body, {}, async (socket, { outcome }) => {
      socket.resume()
      await outcome
    })
    clearInterval(ticking)
    return turns
  }

  // Of empty items nothing is written, so that no drain is waited for either.
  test.each<[string, (more: () => boolean) => Body]>([
    ['a sync generator of empty items', (more) => sync(more, '')],
    ['an async generator of empty items', (more) => async(more, '')],
    ['a sync generator of small items', (more) => sync(more, 'x')],
    ['an async generator of small items', (more) => async(more, 'x')],
  ])('during %s', async (_what, body) => {
    expect(await turnsDuring(body)).toBeGreaterThanOrEqual(TURNS)
  })

  function* sync(more: () => boolean, item: string) {
    while (more()) yield item
  }
  async function* async(more: () => boolean, item: string) {
    while (more()) yield item
  }
})

function next(items: string[]): () => IteratorResult<string> {
  const left = [...items]
  return () => {
    const value = left.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }
}

function raise(error: unknown): never {
  throw error
}
