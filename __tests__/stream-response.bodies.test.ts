import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import {
  type BodyChunk,
  type Outcome,
  type StreamBody,
  type StreamResponseOptions,
  streamResponse,
} from '../lib/index.js'
import type { RouteOptions } from '../lib/options/option-types.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { fileSystemCalls } from './support/file-system-calls.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from './support/files.js'
import { openStream, withHttp2Client } from './support/http2.js'
import { exchangeRaw, parseResponses, type RawResponse, request } from './support/raw-http.js'
import { serve, type TestServer, withServer } from './support/server.js'

type Respond = (req: IncomingMessage, res: ServerResponse) => Promise<Outcome>

let respond: Respond
let outcome: Promise<Outcome>
let server: TestServer

beforeAll(async () => {
  const app = express()
  app.disable('x-powered-by')
  app.use((req, res) => {
    outcome = respond(req, res)
  })
  app.use((error: Error & { status?: number }, _req: unknown, res: ServerResponse, _n: unknown) => {
    handled = error
    res.statusCode = error.status ?? 500
    res.end(`handled ${error.message}`)
  })
  server = await serve(app)
})

afterAll(async () => {
  await server.close()
  removeDirectories()
})

let handled: Error | undefined

beforeEach(() => {
  handled = undefined
})

/** Responds to one request with a body, and returns what came over the wire and how it ended. */
async function send(
  body: StreamBody,
  options: StreamResponseOptions = {},
  asked: Parameters<typeof request>[2] = {},
): Promise<RawResponse & { outcome: Outcome }> {
  respond = (_req, res) => streamResponse(res, body, options)
  const response = await request(server.port, '/', asked)
  return { ...response, outcome: await outcome }
}

async function* items<T>(...values: T[]): AsyncGenerator<T> {
  yield* values
}

/** When what was written in this turn of the event loop is on the wire. */
const later = () => new Promise((resolve) => setTimeout(resolve, 10))

function* failing(error: unknown): Generator<string> {
  yield raise(error)
}

function raise(error: unknown): never {
  throw error
}

const text = 'Größe: 3 €'

describe('every kind of body is sent, byte for byte', () => {
  const bytes = Buffer.from(text)
  const padded = Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')])
  const part = [padded.buffer, padded.byteOffset + 2, bytes.length] as const

  const kinds: Record<string, () => StreamBody> = {
    'an async generator of strings': () => items('Größe: ', '3 €'),
    'an async generator of buffers': () => items(bytes.subarray(0, 4), bytes.subarray(4)),
    'a sync generator': () =>
      (function* () {
        yield 'Größe: '
        yield '3 €'
      })(),
    'an array of items': () => ['Größe: ', Buffer.from('3 €')],
    'a Set of items': () => new Set(['Größe: ', '3 €']),
    'an iterator without return()': () => ({
      [Symbol.asyncIterator]: () => {
        const left = ['Größe: ', '3 €']
        return {
          next: async () => {
            const value = left.shift()
            return value === undefined ? { done: true, value } : { done: false, value }
          },
        }
      },
    }),
    'items that are DataViews and ArrayBuffers': () =>
      items<BodyChunk>(new DataView(...part), new ArrayBuffer(0), new Uint8Array(0)),
    'a Readable': () => Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]),
    'a Readable with an encoding': () => Readable.from([bytes]).setEncoding('utf8'),
    'a web ReadableStream': () => new Blob([text]).stream(),
    'a web ReadableStream of strings': () =>
      new ReadableStream<string>({
        start(controller) {
          controller.enqueue('Größe: ')
          controller.enqueue('3 €')
          controller.close()
        },
      }),
    'a Blob': () => new Blob([text]),
    'a Uint8Array that is a part of its buffer': () => new Uint8Array(...part),
    'a DataView that is a part of its buffer': () => new DataView(...part),
    'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
    'a path': () => join(directoryOf({ 'a.txt': text }), 'a.txt'),
    'a file: URL': () => pathToFileURL(join(directoryOf({ 'a b.txt': text }), 'a b.txt')),
  }

  test.each(Object.entries(kinds))('%s', async (_kind, body) => {
    const response = await send(body())
    expect(response.status).toBe(200)
    expect(response.complete).toBe(true)
    expect(response.headers['transfer-encoding']).toBe('chunked')
    expect(response.headers['content-length']).toBeUndefined()
    expect(response.body.toString()).toBe(text)
    expect(response.outcome).toEqual({
      status: 200,
      bytesSent: bytes.length,
      completed: true,
      aborted: false,
      durationMs: expect.any(Number),
    })
  })

  test('nothing at all is an empty body', async () => {
    const response = await send(items())
    expect(response).toMatchObject({ status: 200, complete: true, chunks: [] })
  })

  test('a string is a path and never the body', async () => {
    const response = await send('no such file here')
    expect(response.status).toBe(404)
  })

  test('one large item is sent in one chunk', async () => {
    const response = await send(patternOf(300_000))
    expect(response.chunks).toEqual([300_000])
    expect(response.body.equals(patternOf(300_000))).toBe(true)
  })
})

describe('items', () => {
  test('each is one chunk, and empty ones are skipped', async () => {
    const response = await send(items<BodyChunk>('', 'one', new Uint8Array(0), 'three', ''))
    expect(response.chunks).toEqual([3, 5])
  })

  test('empty ones without end do not block the event loop, and end when the client disconnects', async () => {
    let left = false
    const controller = new AbortController()
    function* nothing() {
      // Fires only if the event loop has a turn while items are pulled.
      setTimeout(() => controller.abort(), 0)
      try {
        while (true) yield ''
      } finally {
        left = true
      }
    }
    const response = await send(nothing(), { signal: controller.signal })
    expect(response.status).toBe(503)
    expect(left).toBe(true)
  })

  test('a character split between two strings arrives whole', async () => {
    const response = await send(items('a\ud83d', '\ude00b', '\ud83d', '', '\ude00'))
    expect(response.body.toString()).toBe('a😀b😀')
  })

  test('half a character that finds no other half is U+FFFD', async () => {
    const response = await send(items<BodyChunk>('a\ud83d', Buffer.from('b'), '\ud83d'))
    expect(response.body.toString()).toBe('a\ufffdb\ufffd')
  })

  test.each([
    ['a number', 1, 'a number'],
    ['null', null, 'null'],
    ['an object', {}, 'an object'],
    ['a promise', Promise.resolve('x'), 'await it'],
  ])(
    '%s is none: 500 before the first byte, and the iterator is closed',
    async (_what, item, says) => {
      let returned = 0
      const iterator = {
        [Symbol.iterator]: () => ({
          next: () => ({ done: false, value: item }),
          return: () => ({ done: true, value: String(returned++) }),
        }),
      }
      // @ts-expect-error what callers without TypeScript may pass
      const response = await send(iterator)
      expect(response.status).toBe(500)
      expect(response.outcome.error?.message).toContain(says)
      expect(returned).toBe(1)
    },
  )
})

describe('chunkSize', () => {
  test('regroups items into chunks of one size, the last perhaps shorter', async () => {
    const response = await send(
      items<BodyChunk>('a', 'bcdefgh', '', 'ij', Buffer.from('klmnopq')),
      {
        chunkSize: 4,
      },
    )
    expect(response.chunks).toEqual([4, 4, 4, 4, 1])
    expect(response.body.toString()).toBe('abcdefghijklmnopq')
  })

  test('splits large items', async () => {
    const response = await send(patternOf(1000), { chunkSize: 300 })
    expect(response.chunks).toEqual([300, 300, 300, 100])
    expect(response.body.equals(patternOf(1000))).toBe(true)
  })

  test('holds for a hundred thousand items that are available at once', async () => {
    function* bytes() {
      for (let i = 0; i < 100_000; i++) yield 'x'
    }
    const response = await send(bytes(), { chunkSize: 40_000 })
    expect(response.chunks).toEqual([40_000, 40_000, 20_000])
  })

  test('an empty body stays empty when regrouped', async () => {
    const response = await send(items('', ''), { chunkSize: 10 })
    expect(response).toMatchObject({ complete: true, chunks: [] })
  })
})

describe('the first item is read before the headers are sent', () => {
  test('a generator that fails at once with ENOENT is a 404 without a path', async () => {
    async function* rows(): AsyncGenerator<string> {
      await open('/no/such/file')
      yield 'never'
    }
    const response = await send(rows(), { headers: { 'X-Mine': '1' }, type: 'csv' })
    expect(response.status).toBe(404)
    expect(response.body.toString()).toBe('handled Not Found')
    expect(response.headers['x-mine']).toBeUndefined()
    expect(response.headers['content-type']).toBeUndefined()
    expect(response.outcome).toMatchObject({ status: 404, bytesSent: 0, completed: false })
    expect(response.outcome.error?.cause).toMatchObject({ code: 'ENOENT' })
  })

  test("an error's own status is honoured, and the error handler gets the error itself", async () => {
    const error = Object.assign(new Error('No such report'), { status: 410 })
    const response = await send(failing(error))
    expect(response.status).toBe(410)
    expect(response.body.toString()).toBe('handled No such report')
    expect(handled).toBe(error)
    expect(response.outcome.error).toBe(error)
  })

  test('an error without a status is 500 and stays the same error', async () => {
    const error = new Error('Bug')
    const response = await send(
      new ReadableStream({
        start: (controller) => controller.error(error),
      }),
    )
    expect(response.status).toBe(500)
    expect(handled).toBe(error)
  })

  test.each([
    ['a string', 'thrown', 500],
    ['a frozen error', Object.freeze(Object.assign(new Error('x'), { status: 409 })), 409],
    ['a status that is no error', Object.assign(new Error('x'), { status: 200 }), 500],
  ])('what is thrown may be %s', async (_what, thrown, status) => {
    const response = await send(failing(thrown))
    expect(response.status).toBe(status)
  })

  test('a failed Readable is an error response', async () => {
    const readable = new Readable({ read() {} })
    readable.on('error', () => {})
    readable.destroy(Object.assign(new Error('gone'), { status: 502 }))
    const response = await send(readable)
    expect(response.status).toBe(502)
  })

  test('with errors: "throw" nothing is sent and the promise rejects', async () => {
    const error = Object.assign(new Error('mine'), { status: 418 })
    let rejection: unknown
    respond = (_req, res) =>
      streamResponse(res, failing(error), { errors: 'throw' }).catch((reason: unknown) => {
        rejection = reason
        expect(res.headersSent).toBe(false)
        res.end('mine')
        return { status: 0, bytesSent: 0, completed: false, aborted: false, durationMs: 0 }
      })
    const response = await request(server.port, '/')
    expect(response.body.toString()).toBe('mine')
    expect(rejection).toBe(error)
  })

  test('after the first byte an error aborts the response and reaches the error handler', async () => {
    async function* rows() {
      yield 'first'
      await later()
      throw new Error('Too late')
    }
    const response = await send(rows())
    expect(response).toMatchObject({ status: 200, complete: false })
    expect(response.body.toString()).toBe('first')
    expect(response.outcome).toMatchObject({ status: 200, completed: false, aborted: false })
    expect(response.outcome.error?.message).toBe('Too late')
    expect(handled).toMatchObject({ message: 'Too late' })
  })

  test('the next response is never read as part of a truncated body', async () => {
    respond = (req, res) =>
      req.url === '/second'
        ? streamResponse(res, items('second'))
        : streamResponse(
            res,
            (async function* () {
              yield 'first'
              await later()
              throw new Error('cut')
            })(),
          )
    const lines = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
    const bytes = await exchangeRaw(server.port, lines('/first') + lines('/second'))
    const responses = parseResponses(bytes)
    expect(responses).toHaveLength(1)
    expect(responses[0]?.complete).toBe(false)
  })
})

describe('the headers', () => {
  test('are application/octet-stream without any validator, range or cache policy', async () => {
    const { headers } = await send(items('x'), {}, { headers: ['Range: bytes=0-0'] })
    expect(headers['content-type']).toBe('application/octet-stream')
    for (const name of ['etag', 'last-modified', 'accept-ranges', 'cache-control']) {
      expect(headers[name]).toBeUndefined()
    }
  })

  test('follow type, status, headers, download and maxAge', async () => {
    const { status, headers } = await send(items('x'), {
      type: 'csv',
      status: 201,
      headers: { 'X-Mine': 'yes' },
      download: 'bericht.csv',
      maxAge: '1h',
    })
    expect(status).toBe(201)
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'x-mine': 'yes',
      'content-disposition': 'attachment; filename=bericht.csv',
      'cache-control': 'public, max-age=3600',
    })
  })

  test("have a Blob's own type and a File's own name", async () => {
    const file = new File(['{}'], 'data.json', { type: 'application/json' })
    const { headers } = await send(file, { download: true })
    expect(headers['content-type']).toBe('application/json')
    expect(headers['content-disposition']).toBe('attachment; filename=data.json')
  })

  test('have no name for a download of a body without one', async () => {
    const { headers } = await send(items('x'), { download: true })
    expect(headers['content-disposition']).toBe('attachment')
  })

  test('have the length of bytes and Blobs with contentLength: true', async () => {
    for (const body of [new Blob(['four']), Buffer.from('four')]) {
      const response = await send(body, { contentLength: true })
      expect(response.headers['content-length']).toBe('4')
      expect(response.headers['transfer-encoding']).toBeUndefined()
      expect(response.body.toString()).toBe('four')
    }
  })

  test('have no Content-Length that the application set for an unknown length', async () => {
    const response = await send(items('four'), { headers: { 'Content-Length': '2' } })
    expect(response.headers['content-length']).toBeUndefined()
    expect(response.body.toString()).toBe('four')
  })

  test('HTTP/1.0 gets the body without chunks', async () => {
    const response = await send(items('a', 'b'), {}, { version: '1.0' })
    expect(response.headers['transfer-encoding']).toBeUndefined()
    expect(response.body.toString()).toBe('ab')
  })
})

describe('a response without a body closes the iterator and does not read it', () => {
  function watched() {
    const seen = { pulled: 0, returned: 0 }
    const body: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          seen.pulled++
          return { done: false, value: 'item' }
        },
        return: async () => {
          seen.returned++
          return { done: true, value: undefined }
        },
      }),
    }
    return { seen, body }
  }

  test('HEAD pulls one item, for the status', async () => {
    const { seen, body } = watched()
    const response = await send(body, {}, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(seen).toEqual({ pulled: 1, returned: 1 })
    expect(response.outcome).toMatchObject({ completed: true, bytesSent: 0 })
  })

  test('HEAD of a body that fails at once has the status of GET', async () => {
    const response = await send(
      failing(Object.assign(new Error(), { status: 404 })),
      {},
      { method: 'HEAD' },
    )
    expect(response.status).toBe(404)
  })

  test('HEAD of a body of known size has its length', async () => {
    const { headers } = await send(new Blob(['four']), {}, { method: 'HEAD' })
    expect(headers['content-length']).toBe('4')
  })

  test.each([204, 205, 304])('status %i', async (status) => {
    const { seen, body } = watched()
    const response = await send(body, { status })
    expect(response.status).toBe(status)
    expect(response.body).toHaveLength(0)
    expect(response.headers).not.toHaveProperty('content-type')
    expect(seen).toEqual({ pulled: 0, returned: 1 })
    const typed = await send([], { status, type: 'csv' })
    expect(typed.headers['content-type']).toBe('text/csv; charset=utf-8')
  })

  test('304 for an ETag that the application has set', async () => {
    const { seen, body } = watched()
    const response = await send(
      body,
      { headers: { ETag: '"v1"' } },
      { headers: ['If-None-Match: "v1"'] },
    )
    expect(response.status).toBe(304)
    expect(response.headers.etag).toBe('"v1"')
    expect(seen).toEqual({ pulled: 0, returned: 1 })
  })

  test('412 for an ETag that the application has set', async () => {
    const { seen, body } = watched()
    const response = await send(
      body,
      { headers: { ETag: '"v1"' } },
      { headers: ['If-Match: "v2"'] },
    )
    expect(response.status).toBe(412)
    expect(seen).toEqual({ pulled: 0, returned: 1 })
  })

  test('a response that was sent already', async () => {
    const { seen, body } = watched()
    respond = async (_req, res) => {
      res.end('mine')
      return streamResponse(res, body)
    }
    await request(server.port, '/')
    expect(await outcome).toMatchObject({ completed: false, error: { status: 500 } })
    expect(seen).toEqual({ pulled: 0, returned: 1 })
  })
})

describe('a FileHandle', () => {
  test('is sent with validators and ranges, and stays open', async () => {
    const path = join(directoryOf({ 'a.bin': patternOf(200_000) }), 'a.bin')
    const handle = await open(path)
    try {
      const whole = await send(handle, { type: 'bin' })
      expect(whole.body.equals(patternOf(200_000))).toBe(true)
      expect(whole.headers.etag).toBeDefined()
      const part = await send(handle, {}, { headers: ['Range: bytes=100-199'] })
      expect(part.status).toBe(206)
      expect(part.body.equals(patternOf(200_000).subarray(100, 200))).toBe(true)
      expect((await handle.stat()).size).toBe(200_000)
    } finally {
      await handle.close()
    }
  })

  test('that is closed meanwhile aborts the response', async () => {
    const path = join(directoryOf({ 'a.bin': patternOf(300_000) }), 'a.bin')
    const handle = await open(path)
    const response = await send(handle, {
      maxRate: 1_000_000,
      onProgress: () => void handle.close(),
    })
    expect(response.complete).toBe(false)
    expect(response.outcome).toMatchObject({ completed: false, error: { status: 500 } })
  })

  test('of a directory is an error', async () => {
    const handle = await open(directoryOf({}))
    const response = await send(handle)
    await handle.close()
    expect(response.status).toBe(500)
  })
})

/** A promise in a promise would be unwrapped. */
interface Wrapped {
  readonly body: unknown
}

describe('what cannot be sent is a TypeError at once', () => {
  const used = async () => {
    const body = Readable.from(['x'])
    await body.toArray()
    return { body }
  }
  const readFrom = async () => {
    const body = Readable.from(['x', 'y'])
    for await (const _item of body.iterator({ destroyOnReturn: false })) break
    return { body }
  }
  const flowed = async () => {
    const body = Readable.from(['x', 'y'], { highWaterMark: 1 })
    await new Promise((resolve) => body.once('data', () => resolve(body.pause())))
    return { body }
  }
  const destroyed = () => ({ body: Readable.from(['x']).destroy() })
  const locked = () => {
    const stream = new Blob(['x']).stream()
    stream.getReader()
    return { body: stream }
  }
  const disturbed = async () => {
    const stream = new Blob(['xy']).stream()
    const reader = stream.getReader()
    await reader.read()
    reader.releaseLock()
    return { body: stream }
  }
  const closed = async () => {
    const handle = await open(join(directoryOf({ a: 'x' }), 'a'))
    await handle.close()
    return { body: handle }
  }

  test.each<[string, () => Wrapped | Promise<Wrapped>, RegExp]>([
    ['undefined', () => ({ body: undefined }), /not undefined/],
    ['null', () => ({ body: null }), /not null/],
    ['a number', () => ({ body: 42 }), /not 42/],
    ['an empty string', () => ({ body: '' }), /an empty string/],
    ['an object', () => ({ body: { a: 1 } }), /cannot be iterated/],
    ['a promise', () => ({ body: Promise.resolve('x') }), /await it/],
    ['a Response', () => ({ body: new Response('x') }), /pass its body/],
    ['a URL of the web', () => ({ body: new URL('https://example.com/') }), /https:.*fetch it/],
    ['a Readable that was read', used, /read to its end/],
    ['a Readable that was read from', readFrom, /read from already/],
    ['a Readable that has flowed', flowed, /read from already/],
    ['a Readable that was destroyed', destroyed, /destroyed/],
    ['a locked ReadableStream', locked, /locked/],
    ['a ReadableStream that was read from', disturbed, /read from already/],
    ['a closed FileHandle', closed, /closed/],
  ])('%s', async (_what, make, says) => {
    const body = (await make()).body as StreamBody
    let thrown: unknown
    respond = async (_req, res) => {
      try {
        void streamResponse(res, body)
      } catch (error) {
        thrown = error
      }
      res.end()
      return { status: 0, bytesSent: 0, completed: false, aborted: false, durationMs: 0 }
    }
    await request(server.port, '/')
    expect(thrown).toBeInstanceOf(TypeError)
    expect(String(thrown)).toMatch(/^TypeError: streamResponse: body /)
    expect(String(thrown)).toMatch(says)
  })
})

describe('a Readable from which nothing was read is sent whole', () => {
  const parts = ['one ', 'two ', 'three']

  test.each<[string, (body: Readable) => Readable | Promise<unknown>]>([
    ['with a listener for errors', (body) => body.on('error', () => {})],
    ['that is paused', (body) => body.pause()],
    ['that was awaited for its first bytes', (body) => once(body, 'readable')],
    ['whose bytes are counted by a listener', (body) => body.on('data', () => {})],
    ['that is resumed in the same turn', (body) => body.resume()],
  ])('%s', async (_what, prepare) => {
    const body = Readable.from(parts)
    respond = async (_req, res) => {
      const prepared = prepare(body)
      if (prepared !== body) await prepared
      return streamResponse(res, body)
    }
    const response = await request(server.port, '/')
    expect(response.body.toString()).toBe(parts.join(''))
  })

  test('of an upstream response, errors listened to', async () => {
    await withServer(
      (_req, res) => void res.end('from upstream'),
      async ({ url }) => {
        respond = (_req, res) =>
          new Promise((resolve, reject) => {
            const upstream = get(url, (body) => {
              body.on('error', () => {})
              resolve(streamResponse(res, body))
            })
            upstream.on('error', reject)
          })
        expect((await request(server.port, '/')).body.toString()).toBe('from upstream')
      },
    )
  })

  test('of a file on the disk', async () => {
    const path = join(directoryOf({ 'a.txt': text }), 'a.txt')
    expect((await send(createReadStream(path))).body.toString()).toBe(text)
  })

  test('the rest of one is sent by its iterator', async () => {
    const body = Readable.from(parts)
    for await (const _item of body.iterator({ destroyOnReturn: false })) break
    const response = await send(body[Symbol.asyncIterator]())
    expect(response.body.toString()).toBe('two three')
  })
})

describe('a request as the body', () => {
  const tooShort: StreamResponseOptions<Readable> = { contentLength: 3 }
  const interrupted: StreamResponseOptions<Readable> = { signal: AbortSignal.abort() }
  const echo =
    (options: StreamResponseOptions<Readable>) => (req: IncomingMessage, res: ServerResponse) =>
      void streamResponse(res, req, options)

  test.each([
    ['longer than announced', tooShort, 500],
    ['interrupted', interrupted, 503],
  ])(
    'that is %s is an error with a status, and the connection goes on',
    async (_what, options, status) => {
      await withServer(echo(options), async ({ port }) => {
        const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n'
        const requests = `${post}\r\nfirst${post}Connection: close\r\n\r\nlater`
        const responses = parseResponses(await exchangeRaw(port, requests))
        expect(responses.map((response) => response.status)).toEqual([status, status])
      })
    },
  )

  test('is an error with a status although the client has not sent all of it', async () => {
    await withServer(echo(tooShort), async ({ port }) => {
      const socket = connect(port, '127.0.0.1')
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nfirst')
      const [start] = await once(socket, 'data')
      expect(String(start)).toMatch(/^HTTP\/1\.1 500 /)
      socket.destroy()
    })
  })

  test('is an error with a status over HTTP/2', async () => {
    const listener = (req: Http2ServerRequest, res: Http2ServerResponse) =>
      void streamResponse(res, req, tooShort)
    await withHttp2Client(listener, async ({ session }) => {
      const stream = openStream(session, '/', { ':method': 'POST' })
      stream.end('first')
      const [headers] = await once(stream, 'response')
      expect(headers[':status']).toBe(500)
    })
  })
})

test('an iterable whose iterator throws is an early failure', async () => {
  const error = Object.assign(new Error('busy'), { status: 503 })
  const body: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => {
      throw error
    },
  }
  const response = await send(body)
  expect(response.status).toBe(503)
  expect(response.outcome.error).toBe(error)
})

describe('an invalid option does not touch the body', () => {
  const refuse = (body: StreamBody) =>
    expect(() =>
      streamResponse({ writeHead() {}, setHeader() {} } as unknown as ServerResponse, body, {
        start: -1,
      }),
    ).toThrow(/"start" must be/)

  test('a Readable has no listener and can be read', async () => {
    const body = Readable.from(['x', 'y'])
    const before = body.eventNames()
    refuse(body)
    expect(body.eventNames()).toEqual(before)
    expect(body.listenerCount('error')).toBe(0)
    expect(await body.toArray()).toEqual(['x', 'y'])
  })

  test('a ReadableStream is not locked', async () => {
    const body = new Blob(['xy']).stream()
    refuse(body)
    expect(body.locked).toBe(false)
    expect(await new Response(body).text()).toBe('xy')
  })

  test('the iterator of an iterable is not requested', () => {
    const iterate = jest.fn()
    refuse({ [Symbol.asyncIterator]: iterate })
    refuse({ [Symbol.iterator]: iterate })
    expect(iterate).not.toHaveBeenCalled()
  })

  test('a FileHandle is not read and stays open', async () => {
    const handle = await open(join(directoryOf({ a: 'x' }), 'a'))
    const { calls } = await fileSystemCalls(async () => refuse(handle))
    expect(calls).toEqual([])
    expect(await handle.readFile('utf8')).toBe('x')
    await handle.close()
  })
})

describe('options that exclude each other are a TypeError at once', () => {
  const path = __filename
  const stream = () => items('x')
  test.each<[string, StreamBody, RouteOptions, RegExp]>([
    ['start with an iterable', stream(), { start: 1 }, /"start" is for a file/],
    ['end with bytes', Buffer.from('x'), { end: 0 }, /"end" is for a file/],
    ['root with an iterable', stream(), { root: '/' }, /"root" is for a path/],
    ['follow with a Blob', new Blob([]), { follow: true }, /"follow" is for a file/],
    ['transform with an iterable', stream(), { transform: (x) => x }, /"transform" is for a file/],
    ['contentLength without a length', stream(), { contentLength: true }, /of known length/],
    ['follow with contentLength', path, { follow: true, contentLength: true }, /does not go with/],
    ['follow with end', path, { follow: true, end: 5 }, /does not go with/],
    ['followIdle without follow', path, { followIdle: 5 }, /needs "follow"/],
    ['transform with contentLength', path, { transform: (x) => x, contentLength: true }, /go with/],
    ['a maxRate of 0', path, { maxRate: 0 }, /"maxRate" must be/],
    ['an unknown digest', path, { digest: 'md5' as 'sha-256' }, /"sha-256" or "sha-512"/],
    ['a signal that is none', path, { signal: {} as AbortSignal }, /an AbortSignal/],
  ])('%s', async (_what, body, given, says) => {
    const res = { writeHead() {}, setHeader() {} } as unknown as ServerResponse
    // Callers without TypeScript can combine what does not compile.
    const options = given as StreamResponseOptions
    expect(() => streamResponse(res, body, options)).toThrow(TypeError)
    expect(() => streamResponse(res, body, options)).toThrow(says)
  })

  test('false requests nothing and is accepted', async () => {
    const response = await send(items('x'), { acceptRanges: false, etag: false, follow: false })
    expect(response.body.toString()).toBe('x')
  })
})

test('no descriptor is left open', async () => {
  if (openDescriptors() === undefined) return
  const directory = directoryOf({ 'a.txt': text })
  await writeFile(join(directory, 'b.txt'), text)
  const before = openDescriptors()
  for (let i = 0; i < 5; i++) await send(join(directory, 'b.txt'))
  await eventually(() => (openDescriptors() ?? 0) <= (before ?? 0))
})
