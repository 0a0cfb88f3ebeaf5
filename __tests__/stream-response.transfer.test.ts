import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { appendFile, type FileHandle, open } from 'node:fs/promises'
import { get, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import {
  type Outcome,
  type StreamBody,
  type StreamFilesOptions,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
  type Transform,
} from '../lib/index.js'
import type { RouteOptions } from '../lib/options/option-types.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { age, directoryOf, patternOf, removeDirectories } from './support/files.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

afterAll(removeDirectories)

type Asked = Parameters<typeof request>[2]

async function send(
  body: StreamBody,
  options: StreamResponseOptions = {},
  asked: Asked = {},
): Promise<RawResponse & { outcome: Outcome }> {
  let outcome: Promise<Outcome> | undefined
  const listener = (_req: IncomingMessage, res: ServerResponse) => {
    outcome = streamResponse(res, body, options)
  }
  return withServer(listener, async ({ port }) => {
    const response = await request(port, '/', asked)
    if (outcome === undefined) throw new Error('Nobody asked')
    return { ...response, outcome: await outcome }
  })
}

function fileOf(content: string | Uint8Array, name = 'a.bin'): string {
  return join(directoryOf({ [name]: content }), name)
}

async function* items(...values: string[]) {
  yield* values
}

/** Whether the process has the file open. This is known on Linux only; elsewhere it counts as closed. */
function isOpen(path: string): boolean {
  if (process.platform !== 'linux') return false
  return readdirSync('/proc/self/fd').some((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`) === path
    } catch {
      return false
    }
  })
}

const sha256 = (bytes: Uint8Array) =>
  `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`

describe('digest', () => {
  const bytes = patternOf(300_000)

  test('is a trailer that matches the bytes of a generator', async () => {
    const response = await send(items('one', 'two'), { digest: 'sha-256' })
    expect(response.headers.trailer).toBe('Repr-Digest')
    expect(response.trailers['repr-digest']).toBe(sha256(response.body))
  })

  test('is a trailer that matches the bytes of a file', async () => {
    const response = await send(fileOf(bytes), { digest: 'sha-512' })
    const digest = createHash('sha512').update(response.body).digest('base64')
    expect(response.body.equals(bytes)).toBe(true)
    expect(response.trailers['repr-digest']).toBe(`sha-512=:${digest}:`)
  })

  test('is sent for an empty file', async () => {
    const response = await send(fileOf(''), { digest: 'sha-256' })
    expect(response.trailers['repr-digest']).toBe(sha256(Buffer.alloc(0)))
  })

  test('is of what is sent after a transform, regrouped and throttled', async () => {
    const regrouped = await send(items('one', 'two'), { digest: 'sha-256', chunkSize: 2 })
    expect(regrouped.trailers['repr-digest']).toBe(sha256(Buffer.from('onetwo')))
    const made = await send(fileOf('abc'), {
      digest: 'sha-256',
      maxRate: 100_000,
      transform: async function* (chunks) {
        for await (const chunk of chunks) yield String(chunk).toUpperCase()
      },
    })
    expect(made.body.toString()).toBe('ABC')
    expect(made.trailers['repr-digest']).toBe(sha256(Buffer.from('ABC')))
  })

  test('is a header for a body in memory', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await send(bytes, { digest: 'sha-256' }, { method })
      expect(response.headers['repr-digest']).toBe(sha256(bytes))
      expect(response.headers.trailer).toBeUndefined()
    }
  })

  test('of bytes is not sent with a response without them', async () => {
    const headers = { ETag: '"v1"' }
    const options = { digest: 'sha-256', headers } as const
    const response = await send(bytes, options, { headers: ['If-Match: "v2"'] })
    expect(response.status).toBe(412)
    expect(response.headers['repr-digest']).toBeUndefined()
  })

  test('adds to a Trailer header that the application has set', async () => {
    const response = await send(items('x'), { digest: 'sha-256', headers: { Trailer: 'Mine' } })
    expect(response.headers.trailer).toBe('Mine, Repr-Digest')
  })

  type Others = Pick<RouteOptions, 'download' | 'status'> & { contentLength?: 'auto' }

  test.each<[string, number, Others, Asked]>([
    ['in HTTP/1.0', 200, {}, { version: '1.0' }],
    ['for a download with a length', 200, { contentLength: 'auto', download: true }, {}],
    ['for HEAD', 200, {}, { method: 'HEAD' }],
    ['for a range', 206, {}, { headers: ['Range: bytes=0-9'] }],
    ['for a 304', 304, {}, { headers: ['If-None-Match: *'] }],
    ['for a 412', 412, {}, { headers: ['If-Match: "other"'] }],
    ['for a 206 of the application', 206, { status: 206 }, {}],
    ['for a 204', 204, { status: 204 }, {}],
  ])('is not there %s', async (_when, status, options, asked) => {
    const response = await send(fileOf(bytes), { ...options, digest: 'sha-256' }, asked)
    expect(response).toMatchObject({ status, complete: true })
    expect(response.headers.trailer).toBeUndefined()
    expect(response.headers['repr-digest']).toBeUndefined()
    expect(response.trailers).toEqual({})
  })

  test('never follows a truncated body', async () => {
    async function* failing() {
      yield 'first'
      await new Promise((resolve) => setTimeout(resolve, 10))
      throw new Error('cut')
    }
    const response = await send(failing(), { digest: 'sha-256' })
    expect(response).toMatchObject({ complete: false, trailers: {} })
    expect(response.headers.trailer).toBe('Repr-Digest')
  })

  test("Node's client and curl can verify it", async () => {
    const listener = (_req: IncomingMessage, res: ServerResponse) =>
      streamResponse(res, fileOf(bytes), { digest: 'sha-256' })
    await withServer(listener, async ({ url }) => {
      const { body, trailers } = await new Promise<{ body: Buffer; trailers: NodeJS.Dict<string> }>(
        (resolve, reject) =>
          get(url, (response) => {
            response.toArray().then((parts) => {
              resolve({ body: Buffer.concat(parts), trailers: response.trailers })
            }, reject)
          }).on('error', reject),
      )
      expect(trailers['repr-digest']).toBe(sha256(body))
      // curl shows trailers among the headers it dumps.
      const dump = join(directoryOf({}), 'headers')
      const curl = await promisify(execFile)('curl', ['-s', '-D', dump, url], {
        encoding: 'buffer',
      }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
        console.warn('curl is not there: only the Node client was tried')
      })
      if (curl === undefined) return
      expect(curl.stdout.equals(bytes)).toBe(true)
      expect(readFileSync(dump, 'latin1')).toContain(`Repr-Digest: ${sha256(curl.stdout)}`)
    })
  })

  test('is a trailer in HTTP/2', async () => {
    const server = createHttp2(
      (_req, res) => void streamResponse(res, items('one', 'two'), { digest: 'sha-256' }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    try {
      const stream = client.request({ ':path': '/' })
      const trailers = new Promise<NodeJS.Dict<unknown>>((resolve) =>
        stream.on('trailers', resolve),
      )
      const body = Buffer.concat(await stream.toArray())
      expect(body.toString()).toBe('onetwo')
      expect((await trailers)['repr-digest']).toBe(sha256(body))
    } finally {
      client.destroy()
      server.close()
    }
  })

  test('disables compression(), which would change the bytes', async () => {
    const app = express()
    app.use(compression({ threshold: 0 }))
    app.get('/', (_req, res) =>
      streamResponse(res, items('one', 'two'), { digest: 'sha-256', type: 'txt' }),
    )
    await withServer(app, async ({ port }) => {
      const response = await request(port, '/', { headers: ['Accept-Encoding: gzip'] })
      expect(response.headers['content-encoding']).toBeUndefined()
      expect(response.trailers['repr-digest']).toBe(sha256(response.body))
    })
  })
})

describe('maxRate', () => {
  // The limit of bytes at a time is exact; the time that a machine takes is not.
  test.each<[string, () => StreamBody]>([
    ['a file', () => fileOf(patternOf(20_000))],
    ['a generator of one large item', () => [patternOf(20_000)]],
  ])('sends %s smoothly, and never more than the rate allows', async (_what, body) => {
    const began = performance.now()
    const response = await send(body(), { maxRate: 50_000 })
    const seconds = (performance.now() - began) / 1000
    expect(response.body.equals(patternOf(20_000))).toBe(true)
    expect(Math.max(...(response.chunks ?? []))).toBe(2500)
    // The first piece is sent at once, so 17,500 bytes are delayed.
    expect(seconds).toBeGreaterThanOrEqual(0.34)
  })

  test('does not split a fast body into tiny chunks', async () => {
    const response = await send(items('a', 'bc'), { maxRate: 1_000_000_000 })
    expect(response.chunks).toEqual([1, 2])
  })
})

describe('onProgress', () => {
  test('is called at the end, with the total if it is known', async () => {
    const seen: unknown[] = []
    const onProgress = (progress: unknown) => seen.push(progress)
    const whole = await send(fileOf(patternOf(1000)), { onProgress })
    expect(whole.body).toHaveLength(1000)
    await send(fileOf(patternOf(1000)), { onProgress }, { headers: ['Range: bytes=0-9'] })
    await send(items('abc'), { onProgress })
    await send(items('abc'), { onProgress }, { method: 'HEAD' })
    expect(seen).toEqual([
      { bytesSent: 1000, total: 1000 },
      { bytesSent: 10, total: 10 },
      { bytesSent: 3 },
      { bytesSent: 0, total: 0 },
    ])
  })

  test('is called during the transfer with growing numbers, and once at the end', async () => {
    const seen: number[] = []
    const response = await send(patternOf(10_000), {
      maxRate: 25_000,
      onProgress: ({ bytesSent }) => seen.push(bytesSent),
    })
    expect(response.complete).toBe(true)
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.length).toBeLessThan(10)
    expect([...seen].sort((a, b) => a - b)).toEqual(seen)
    expect(seen.at(-1)).toBe(10_000)
  })

  test.each<[string, () => unknown]>([
    ['throws', () => raise(new Error('bar'))],
    ['rejects', () => Promise.reject(new Error('bar'))],
  ])('that %s becomes one warning and changes nothing', async (_what, onProgress) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const response = await send(patternOf(5000), { onProgress, maxRate: 25_000 })
    expect(response).toMatchObject({ complete: true, outcome: { completed: true } })
    await eventually(() => warn.mock.calls.length > 0)
    expect(warn.mock.calls.flat()).toEqual(['onProgress failed: Error: bar'])
    warn.mockRestore()
  })
})

describe('signal', () => {
  test('that fired already is a 503, and nothing stays open', async () => {
    const path = fileOf('x')
    const response = await send(path, { signal: AbortSignal.abort() })
    expect(response.status).toBe(503)
    expect(response.headers['retry-after']).toBe('1')
    await eventually(() => !isOpen(path))
  })

  test("has the status of the signal's reason", async () => {
    const reason = Object.assign(new Error('Slow'), { status: 504 })
    const response = await send(items('x'), { signal: AbortSignal.abort(reason) })
    expect(response.status).toBe(504)
    expect(response.outcome.error).toBe(reason)
  })

  test('aborts a file during its transfer, also to a client that does not read', async () => {
    const controller = new AbortController()
    const response = await send(fileOf(patternOf(1_000_000)), {
      signal: controller.signal,
      maxRate: 100_000,
      onProgress: () => controller.abort(),
    })
    expect(response.complete).toBe(false)
    expect(response.outcome).toMatchObject({
      completed: false,
      aborted: false,
      error: { status: 503 },
    })
  })

  test('has no listener after the end', async () => {
    const { signal } = new AbortController()
    const removed = jest.spyOn(signal, 'removeEventListener')
    await send(items('x'), { signal })
    expect(removed).toHaveBeenCalled()
  })
})

describe('items arrive as they are produced', () => {
  /** A generator that gives its second item only when it is allowed to. */
  function gated() {
    let open: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    async function* generate() {
      yield 'first\n'
      await gate
      yield 'second\n'
    }
    return { open, body: generate() }
  }

  test.each([
    ['alone', false],
    ['through compression()', true],
  ])('%s', async (_how, compressed) => {
    const { open, body } = gated()
    const app = express()
    if (compressed) app.use(compression({ threshold: 0 }))
    app.get('/', (_req, res) => streamResponse(res, body, { type: 'txt' }))
    await withServer(app, async ({ url }) => {
      // fetch() decodes. Were the first item held back, this would wait for ever.
      const response = await fetch(url)
      expect(response.headers.get('content-encoding')).toBe(compressed ? 'gzip' : null)
      const reader = response.body?.getReader()
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first\n')
      open()
      expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('second\n')
      expect((await reader?.read())?.done).toBe(true)
    })
  })

  test('through compression() every later item, too', async () => {
    let give: () => void = () => {}
    async function* events() {
      for (let item = 0; item < 5; item++) {
        yield `data: ${item}\n\n`
        await new Promise<void>((resolve) => {
          give = resolve
        })
      }
    }
    const app = express()
    app.use(compression({ threshold: 0 }))
    app.get('/', (_req, res) => streamResponse(res, events(), { type: 'text/event-stream' }))
    await withServer(app, async ({ url }) => {
      const reader = (await fetch(url)).body?.getReader()
      // The next item is generated when the last one arrived, so an item that is held back hangs the test.
      for (let item = 0; item < 5; item++) {
        const bytes = (await reader?.read())?.value ?? []
        expect(Buffer.from(bytes).toString()).toBe(`data: ${item}\n\n`)
        give()
      }
      expect((await reader?.read())?.done).toBe(true)
    })
  })

  test('through compression() many small items are flushed together', async () => {
    const app = express()
    app.use(compression({ threshold: 0 }))
    function* rows() {
      for (let i = 0; i < 10_000; i++) yield `row ${i}\n`
    }
    app.get('/', (_req, res) => streamResponse(res, rows(), { type: 'txt' }))
    await withServer(app, async ({ port }) => {
      const response = await request(port, '/', { headers: ['Accept-Encoding: gzip'] })
      expect(gunzipSync(response.body).toString()).toContain('row 9999\n')
      expect(response.body.length).toBeLessThan(60_000)
    })
  })
})

describe('transform', () => {
  const upper: Transform = async function* (chunks) {
    for await (const chunk of chunks) yield chunk.toString('latin1').toUpperCase()
  }

  test('sends its output, without ranges, length and validators', async () => {
    const path = fileOf('abcdef', 'a.txt')
    const asked = {
      headers: ['Range: bytes=0-1', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
    }
    const response = await send(path, { transform: upper }, asked)
    expect(response.status).toBe(200)
    expect(response.body.toString()).toBe('ABCDEF')
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8')
    for (const name of ['accept-ranges', 'content-length', 'etag', 'last-modified']) {
      expect(response.headers[name]).toBeUndefined()
    }
  })

  test('is not run for HEAD, which has no length', async () => {
    const transform = jest.fn()
    const response = await send(fileOf('abc'), { transform }, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers['content-length']).toBeUndefined()
    expect(transform).not.toHaveBeenCalled()
  })

  test('has the ETag of an etag function, and is not run for a 304', async () => {
    const transform = jest.fn(upper)
    const options = { transform, etag: () => 'made-1' }
    const path = fileOf('abc')
    expect((await send(path, options)).headers.etag).toBe('"made-1"')
    const again = await send(path, options, { headers: ['If-None-Match: "made-1"'] })
    expect(again.status).toBe(304)
    expect(transform).toHaveBeenCalledTimes(1)
  })

  test('gets the chunks of the window and the metadata of the file', async () => {
    const path = fileOf(patternOf(100))
    const response = await send(path, {
      start: 10,
      end: 59,
      chunkSize: 20,
      transform: async function* (chunks, file) {
        yield `${file.path} ${file.size} ${file.modified?.getUTCFullYear()}`
        for await (const chunk of chunks) yield ` ${chunk.length}`
      },
    })
    expect(response.body.toString()).toBe(`${path} 100 2024 20 20 10`)
  })

  test.each<[string, Transform, number]>([
    ['throws', () => raise(Object.assign(new Error(), { status: 422 })), 422],
    ['returns nothing', (() => undefined) as never, 500],
    ['returns text', (() => 'text') as never, 500],
    ['fails before its first item', failing, 500],
  ])('that %s is an error, and the file is closed', async (_what, transform, status) => {
    const path = fileOf('abc')
    const response = await send(path, { transform })
    expect(response.status).toBe(status)
    await eventually(() => !isOpen(path))
  })

  test('that reads nothing of the file, or not all of it, still has it closed', async () => {
    const path = fileOf(patternOf(500_000))
    await send(path, { transform: () => ['nothing of it'] })
    await send(path, {
      transform: async function* (chunks) {
        for await (const chunk of chunks) {
          yield chunk
          return
        }
      },
    })
    await eventually(() => !isOpen(path))
  })

  test('that is closed early, without having read the file, still has it closed', async () => {
    const path = fileOf('abc')
    const controller = new AbortController()
    const response = await send(path, {
      signal: controller.signal,
      transform: async function* () {
        yield 'first'
        await new Promise((resolve) => setTimeout(resolve, 5))
        controller.abort()
        yield 'second'
      },
    })
    expect(response.complete).toBe(false)
    await eventually(() => !isOpen(path))
  })

  test('works in streamFiles', async () => {
    const app = express()
    app.use(streamFiles(directoryOf({ 'a.txt': 'abc' }), { transform: upper }))
    await withServer(app, async ({ port }) => {
      const response = await request(port, '/a.txt', { headers: ['Range: bytes=0-0'] })
      expect(response.status).toBe(200)
      expect(response.body.toString()).toBe('ABC')
      expect(response.headers.etag).toBeUndefined()
    })
    const options = { transform: upper, contentLength: true } as StreamFilesOptions
    expect(() => streamFiles('.', options)).toThrow(TypeError)
  })

  // biome-ignore lint/correctness/useYield: it fails before
  async function* failing(): AsyncGenerator<string> {
    throw new Error('bug')
  }
})

describe('follow', () => {
  type FollowOptions = Partial<Extract<StreamResponseOptions, { follow: boolean }>>

  /** Follows a file while `use` changes it; `received` is what the client has so far. */
  async function following(
    body: string | FileHandle,
    options: FollowOptions,
    use: (received: () => string, stop: () => void) => Promise<unknown>,
  ): Promise<{ text: string; complete: boolean; outcome: Outcome; headers: Headers }> {
    let outcome: Promise<Outcome> | undefined
    const listener = (_req: IncomingMessage, res: ServerResponse) => {
      outcome = streamResponse(res, body, { follow: true, ...options })
    }
    return withServer(listener, async ({ url }) => {
      const disconnected = new AbortController()
      const response = await fetch(url, { signal: disconnected.signal })
      let text = ''
      const reading = (async () => {
        for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
      })().then(
        () => true,
        () => false,
      )
      await use(
        () => text,
        () => disconnected.abort(),
      )
      const complete = await reading
      if (outcome === undefined) throw new Error('Nobody asked')
      return { text, complete, outcome: await outcome, headers: response.headers }
    })
  }

  test('sends what is appended until nothing was appended for followIdle', async () => {
    const path = fileOf('one\n', 'a.log')
    const { text, complete, headers, outcome } = await following(
      path,
      { followIdle: 800 },
      async (received) => {
        await eventually(() => received() === 'one\n')
        await appendFile(path, 'two\n')
        await eventually(() => received() === 'one\ntwo\n')
        await appendFile(path, 'three\n')
      },
    )
    expect({ text, complete }).toEqual({ text: 'one\ntwo\nthree\n', complete: true })
    expect(outcome).toMatchObject({ completed: true, bytesSent: 14 })
    for (const name of ['content-length', 'accept-ranges', 'etag', 'last-modified']) {
      expect(headers.get(name)).toBeNull()
    }
  })

  test('responds at once with an empty file', async () => {
    const path = fileOf('', 'a.log')
    const { text } = await following(path, { followIdle: 800 }, () => appendFile(path, 'late'))
    expect(text).toBe('late')
  })

  test('begins at start', async () => {
    const { text } = await following(fileOf('abcdef'), { start: 4, followIdle: 1 }, async () => {})
    expect(text).toBe('ef')
  })

  test('ends, complete, when the signal fires', async () => {
    const controller = new AbortController()
    const { complete, outcome } = await following(
      fileOf('x'),
      { signal: controller.signal },
      async (received) => {
        await eventually(() => received() === 'x')
        controller.abort()
      },
    )
    expect(complete).toBe(true)
    expect(outcome).toMatchObject({ completed: true, aborted: false })
    expect(outcome.error).toBeUndefined()
  })

  test('stops when the client disconnects, and closes the file', async () => {
    const path = fileOf('x')
    const { outcome } = await following(path, {}, async (received, disconnected) => {
      await eventually(() => received() === 'x')
      disconnected()
    })
    expect(outcome).toMatchObject({ completed: false, aborted: true })
    await eventually(() => !isOpen(path))
  })

  test('sends the rest of a file that was rotated away, and ends', async () => {
    const path = fileOf('one\n', 'a.log')
    const { text, complete } = await following(path, {}, async (received) => {
      await eventually(() => received() === 'one\n')
      renameSync(path, `${path}.1`)
      writeFileSync(path, 'of the next file\n')
      await appendFile(`${path}.1`, 'rest\n')
    })
    expect({ text, complete }).toEqual({ text: 'one\nrest\n', complete: true })
  })

  test('ends after a file was deleted', async () => {
    const path = fileOf('one\n', 'a.log')
    const { complete } = await following(path, {}, async (received) => {
      await eventually(() => received() === 'one\n')
      unlinkSync(path)
    })
    expect(complete).toBe(true)
  })

  test('aborts the response when the file became shorter', async () => {
    const path = fileOf('one\ntwo\n', 'a.log')
    const { complete, outcome } = await following(path, {}, async (received) => {
      await eventually(() => received() === 'one\ntwo\n')
      truncateSync(path, 2)
    })
    expect(complete).toBe(false)
    expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_FILE_CHANGED' } })
  })

  test.each([
    ['shorter', 'of\n'],
    ['as long', 'ONE\nTWO\n'],
    ['longer', 'ONE\nTWO\nTHREE\n'],
  ])(
    'aborts the response when the file was copied and truncated, and is %s now',
    async (_what, now) => {
      const path = fileOf('one\ntwo\n', 'a.log')
      const { text, complete, outcome } = await following(path, {}, async (received) => {
        await eventually(() => received() === 'one\ntwo\n')
        copyFileSync(path, `${path}.1`)
        truncateSync(path)
        writeFileSync(path, now)
      })
      expect({ text, complete }).toEqual({ text: 'one\ntwo\n', complete: false })
      expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_FILE_CHANGED' } })
    },
  )

  test('waits for a file that is shorter than start', async () => {
    const path = fileOf('0123', 'a.log')
    const controller = new AbortController()
    const { signal } = controller
    const { text, complete } = await following(path, { start: 6, signal }, async (received) => {
      await appendFile(path, '45')
      await appendFile(path, '6789')
      await eventually(() => received() === '6789')
      controller.abort()
    })
    expect({ text, complete }).toEqual({ text: '6789', complete: true })
  })

  test('works with a FileHandle, which stays open', async () => {
    const path = fileOf('one\n', 'a.log')
    const handle = await open(path)
    const { text } = await following(handle, { followIdle: 800 }, async (received) => {
      await eventually(() => received() === 'one\n')
      await appendFile(path, 'two\n')
    })
    expect(text).toBe('one\ntwo\n')
    expect((await handle.stat()).size).toBe(8)
    await handle.close()
  })

  test('HEAD does not wait', async () => {
    const path = fileOf('x')
    age(path)
    const response = await send(path, { follow: true }, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers['content-length']).toBeUndefined()
  })
})

function raise(error: unknown): never {
  throw error
}
