import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import type { RequestHandler } from 'express'
import {
  type Outcome,
  type Progress,
  type StreamBody,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../lib/index.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, patternOf, removeDirectories } from './support/files.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const KIB = 1024
const directory = directoryOf({
  'large.txt': patternOf(200 * KIB),
  'large.mp4': patternOf(200 * KIB),
  'large.pdf': patternOf(200 * KIB),
  'small.txt': patternOf(64 * KIB),
})

afterAll(removeDirectories)

type Asked = Parameters<typeof request>[2]

interface Sent {
  readonly response: RawResponse
  readonly outcome: Outcome
}

/** Responds to one request, behind `before` if that is given. */
async function send(
  body: StreamBody,
  options: StreamResponseOptions<StreamBody>,
  asked: Asked = {},
  ...before: RequestHandler[]
): Promise<Sent> {
  const app = express()
  app.set('env', 'test')
  for (const middleware of before) app.use(middleware)
  const outcomes: Outcome[] = []
  app.use((_req, res) => {
    void streamResponse(res, body, options).then((outcome) => outcomes.push(outcome))
  })
  return withServer(app, async ({ port }) => {
    const response = await request(port, '/', asked)
    await eventually(() => outcomes.length > 0)
    const [outcome] = outcomes
    if (outcome === undefined) throw new Error('No outcome')
    return { response, outcome }
  })
}

/** Yields each item in a turn of the event loop of its own, when the one before is on the wire. */
async function* items<T>(...values: T[]) {
  for (const value of values) {
    await new Promise((resolve) => setImmediate(resolve))
    yield value
  }
}

const MISMATCH = { code: 'ERR_CONTENT_LENGTH_MISMATCH', status: 500 }

describe("contentLength: 'auto'", () => {
  test.each([
    ['large.mp4', {}, '204800'],
    ['large.pdf', {}, '204800'],
    ['small.txt', {}, '65536'],
    ['large.txt', {}, undefined],
    ['large.txt', { download: true }, '204800'],
    ['large.txt', { headers: { 'Content-Disposition': 'Attachment' } }, '204800'],
    ['large.txt', { type: 'application/zip' }, '204800'],
    ['large.txt', { chunkSize: 200 * KIB }, '204800'],
    ['large.txt', { transform: (chunks: AsyncIterable<Buffer>) => chunks }, undefined],
  ])('%s with %j has the length %s', async (name, options, length) => {
    const file = join(directory, name)
    const { response } = await send(file, { contentLength: 'auto', ...options })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers['content-length']).toBe(length)
    expect(response.chunks === undefined).toBe(length !== undefined)
    expect(response.body.equals(patternOf(name === 'small.txt' ? 64 * KIB : 200 * KIB))).toBe(true)
  })

  test.each<[string, StreamBody, StreamResponseOptions, string | undefined]>([
    ['few bytes', Buffer.from('abc'), {}, '3'],
    ['a small Blob', new Blob(['abc'], { type: 'text/plain' }), {}, '3'],
    ['a large Blob', new Blob([patternOf(200 * KIB)], { type: 'text/plain' }), {}, undefined],
    ['a large Blob of a video', new Blob([patternOf(200 * KIB)]), { type: 'mp4' }, '204800'],
    ['an iterable', ['abc'], { type: 'mp4' }, undefined],
  ])('%s has the right length', async (_what, body, options, length) => {
    const { response } = await send(body, { contentLength: 'auto', ...options })
    expect(response.complete).toBe(true)
    expect(response.headers['content-length']).toBe(length)
  })

  test('holds in streamFiles for files on the disk and in memory', async () => {
    await withServer(streamFiles(directory, { contentLength: 'auto' }), async ({ port }) => {
      for (let times = 0; times < 2; times++) {
        expect((await request(port, '/large.mp4')).headers['content-length']).toBe('204800')
        expect((await request(port, '/small.txt')).headers['content-length']).toBe('65536')
        expect((await request(port, '/large.txt')).headers).not.toHaveProperty('content-length')
      }
    })
  })
})

describe('contentLength: a number', () => {
  test.each<[string, () => StreamBody]>([
    ['a generator', () => items('ab', 'c', 'def')],
    ['an array', () => ['abc', 'def']],
    ['a Readable', () => Readable.from(['abcd', 'ef'])],
    ['a web stream', () => new Blob(['abcdef']).stream()],
    ['bytes', () => Buffer.from('abcdef')],
  ])('is the length of %s', async (_what, body) => {
    const { response, outcome } = await send(body(), { contentLength: 6 })
    expect(response).toMatchObject({ status: 200, complete: true, chunks: undefined })
    expect(response.headers['content-length']).toBe('6')
    expect(String(response.body)).toBe('abcdef')
    expect(outcome).toMatchObject({ completed: true, bytesSent: 6 })
  })

  test('may be 0', async () => {
    const { response, outcome } = await send(items(), { contentLength: 0 })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers['content-length']).toBe('0')
    expect(outcome).toMatchObject({ completed: true, bytesSent: 0 })
  })

  test('is sent to HEAD, and to HTTP/1.0 as well', async () => {
    const head = await send(items('abc', 'def'), { contentLength: 6 }, { method: 'HEAD' })
    expect(head.response.headers['content-length']).toBe('6')
    const old = await send(items('abc', 'def'), { contentLength: 6 }, { version: '1.0' })
    expect(old.response).toMatchObject({ complete: true })
    expect(old.response.headers['content-length']).toBe('6')
  })

  test('is not sent with a 304 or a 204', async () => {
    const options = { contentLength: 3, headers: { ETag: '"v1"' } }
    const asked = { headers: ['If-None-Match: "v1"'] }
    const unchanged = await send(items('abc'), options, asked)
    expect(unchanged.response.status).toBe(304)
    expect(unchanged.response.headers).not.toHaveProperty('content-length')
    const empty = await send(items('abc'), { contentLength: 3, status: 204 })
    expect(empty.response.headers).not.toHaveProperty('content-length')
  })

  test('is the total of onProgress, and is allowed with chunkSize and maxRate', async () => {
    const progress: Progress[] = []
    const options = {
      contentLength: 6,
      chunkSize: 4,
      maxRate: 1e9,
      onProgress: (one: Progress) => progress.push(one),
    }
    const { response } = await send(items('ab', 'c', 'def'), options)
    expect(response.complete).toBe(true)
    expect(String(response.body)).toBe('abcdef')
    expect(progress.at(-1)).toEqual({ bytesSent: 6, total: 6 })
  })

  test('is the length of the output of a transform', async () => {
    const file = join(directory, 'small.txt')
    const transform = () => items('made of', ' it')
    const { response } = await send(file, { transform, contentLength: 10 })
    expect(response.complete).toBe(true)
    expect(response.headers).toMatchObject({ 'content-length': '10' })
    expect(response.headers).not.toHaveProperty('accept-ranges')
    expect(String(response.body)).toBe('made of it')
    const short = await send(file, { transform, contentLength: 11 })
    expect(short.outcome.error).toMatchObject(MISMATCH)
    const none = await send(file, { transform, contentLength: 0 })
    expect([none.response.status, none.outcome.error]).toMatchObject([500, MISMATCH])
  })

  test.each<[string, () => StreamBody, number, string]>([
    ['no bytes', () => items(), 5, 'The body has only 0 bytes, but its contentLength is 5'],
    ['too many at once', () => items('abc'), 2, 'at least 3 bytes, but its contentLength is 2'],
    ['one byte instead of none', () => items('a'), 0, 'at least 1 bytes'],
  ])('with %s is a 500 and no 200', async (_what, body, contentLength, says) => {
    const { response, outcome } = await send(body(), { contentLength })
    expect(response).toMatchObject({ status: 500, complete: true })
    expect(String(response.body)).not.toContain(__dirname)
    expect(outcome).toMatchObject({ status: 500, bytesSent: 0, completed: false })
    expect(outcome.error).toMatchObject(MISMATCH)
    expect(outcome.error?.message).toContain(says)
    const head = await send(body(), { contentLength }, { method: 'HEAD' })
    expect(head.response.status).toBe(500)
  })

  test.each<[string, number, string]>([
    ['a byte more', 5, 'only 4 bytes, but its contentLength is 5'],
    ['a byte less', 3, 'at least 4 bytes, but its contentLength is 3'],
  ])('of %s than the body aborts the response', async (_what, contentLength, says) => {
    const { response, outcome } = await send(items('a', 'b', 'c', 'd'), { contentLength })
    expect(response).toMatchObject({ status: 200, complete: false })
    expect(response.body.length).toBeLessThan(contentLength)
    expect(outcome).toMatchObject({ completed: false, aborted: false, error: MISMATCH })
    expect(outcome.error?.message).toContain(says)
  })

  test('of a byte less never sends the last byte it promised', async () => {
    const progress: Progress[] = []
    const onProgress = (one: Progress) => progress.push(one)
    const { response, outcome } = await send(items('ab', 'c', 'd'), {
      contentLength: 3,
      onProgress,
    })
    expect(response).toMatchObject({ status: 200, complete: false })
    expect(String(response.body)).toBe('ab')
    expect(outcome.bytesSent).toBe(2)
    expect(progress.at(-1)).toEqual({ bytesSent: 2, total: 3 })
  })

  test('counts the bytes of the body before compression()', async () => {
    // Not smaller when compressed, so that most of it is on the wire before its end is seen.
    const noise = randomBytes(KIB * KIB)
    const parts = Array.from({ length: 16 }, (_, index) =>
      noise.subarray(index * 64 * KIB, (index + 1) * 64 * KIB),
    )
    const asked = { headers: ['Accept-Encoding: gzip'] }
    const options = { type: 'txt', contentLength: noise.length }
    const { response, outcome } = await send(items(...parts), options, asked, compression())
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(response.body).equals(noise)).toBe(true)
    expect(outcome).toMatchObject({ completed: true, bytesSent: noise.length })
    for (const wrong of [-1, 1]) {
      const given = { ...options, contentLength: noise.length + wrong }
      const mismatched = await send(items(...parts), given, asked, compression())
      expect(mismatched.response.complete).toBe(false)
      expect(mismatched.outcome.error).toMatchObject(MISMATCH)
    }
  })
})
