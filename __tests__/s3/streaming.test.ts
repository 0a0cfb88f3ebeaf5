/** @jest-environment ./__tests__/support/node-errors-environment.cjs */
import { S3Client } from '@aws-sdk/client-s3'
import { type Outcome, streamFiles, streamResponse } from '../../lib/index.js'
import { type S3SourceOptions, s3Source } from '../../lib/s3.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { openDescriptors, patternOf } from '../support/files.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { clientOptions, testBucket } from '../support/s3.js'
import { withServer } from '../support/server.js'

const store = testBucket()
const BIG = patternOf(3_000_000)

beforeAll(async () => {
  await store.put('a.txt', 'hello world')
  await store.put('big.bin', BIG)
  await store.put('empty.txt', '')
  await store.put('dir/index.html', '<p>index')
  await store.put('ä b+c%d?#.txt', 'odd name')
  await store.put('stored.html', 'stored', {
    ContentType: 'text/x-special',
    CacheControl: 'max-age=77',
    ContentDisposition: 'attachment; filename="stored.txt"',
    ContentEncoding: 'identity',
    ContentLanguage: 'de',
  })
})

function source(options: Partial<S3SourceOptions> = {}) {
  const { client, bucket, prefix } = store
  return s3Source({ client, bucket, prefix, ...options })
}

function get(target: string, ...headers: string[]): Promise<RawResponse> {
  return withServer(streamFiles(source()), ({ port }) => request(port, target, { headers }))
}

test('a GET streams the object in chunks', async () => {
  const { status, body, chunks, headers, complete } = await get('/big.bin')
  expect([status, complete, body.equals(BIG)]).toEqual([200, true, true])
  expect(new Set(chunks?.slice(0, -1))).toEqual(new Set([65536]))
  expect(headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    'last-modified': expect.any(String),
  })
})

test('the type is that of the extension where the store has none', async () => {
  expect((await get('/a.txt')).headers['content-type']).toBe('text/plain; charset=utf-8')
})

test('what is stored with an object is sent with it', async () => {
  expect((await get('/stored.html')).headers).toMatchObject({
    'content-type': 'text/x-special',
    'cache-control': 'max-age=77',
    'content-disposition': 'attachment; filename="stored.txt"',
    'content-encoding': 'identity',
    'content-language': 'de',
  })
})

test('an empty object is an empty body', async () => {
  expect(await get('/empty.txt')).toMatchObject({ status: 200, body: Buffer.alloc(0) })
  expect((await get('/empty.txt', 'Range: bytes=0-')).status).toBe(416)
})

test('a key may have any characters', async () => {
  const { body } = await get(`/${encodeURIComponent('ä b+c%d?#.txt')}`)
  expect(body.toString()).toBe('odd name')
})

test('a prefix with an index file is a directory', async () => {
  expect((await get('/dir/')).body.toString()).toBe('<p>index')
  expect(await get('/dir')).toMatchObject({ status: 301, headers: { location: '/dir/' } })
})

test.each([
  ['bytes=0-4', 206, 'hello'],
  ['bytes=6-', 206, 'world'],
  ['bytes=-5', 206, 'world'],
  ['bytes=-50', 206, 'hello world'],
  ['bytes=6-50', 206, 'world'],
  ['bytes=-0', 416, ''],
  ['bytes=11-', 416, ''],
  ['bytes=9-3', 200, 'hello world'],
  ['items=0-4', 200, 'hello world'],
])('the range %s is a %d with %j', async (range, status, text) => {
  const response = await get('/a.txt', `Range: ${range}`)
  expect([response.status, response.body.toString()]).toEqual([status, text])
  if (status === 416) expect(response.headers['content-range']).toBe('bytes */11')
})

test('several ranges are a multipart body', async () => {
  const { status, body, headers } = await get('/big.bin', 'Range: bytes=0-9,1000000-1999999')
  expect(status).toBe(206)
  expect(headers['content-type']).toMatch(/^multipart\/byteranges; boundary=/)
  expect(body.includes(BIG.subarray(1_000_000, 2_000_000))).toBe(true)
  expect(body.length).toBe(Number(headers['content-length']))
})

test('preconditions are evaluated', async () => {
  const { headers } = await get('/a.txt')
  const { etag = '', 'last-modified': date = '' } = headers
  const statusOf = async (...fields: string[]) => (await get('/a.txt', ...fields)).status
  expect(await statusOf(`If-None-Match: "x", ${etag}`)).toBe(304)
  expect(await statusOf('If-None-Match: *')).toBe(304)
  expect(await statusOf('If-None-Match: "x"')).toBe(200)
  expect(await statusOf(`If-Match: ${etag}`)).toBe(200)
  expect(await statusOf('If-Match: "x"')).toBe(412)
  expect(await statusOf(`If-Range: ${etag}`, 'Range: bytes=0-4')).toBe(206)
  expect(await statusOf('If-Range: "x"', 'Range: bytes=0-4')).toBe(200)
  expect(await statusOf('If-Unmodified-Since: Thu, 29 Feb 2024 12:34:56 GMT')).toBe(412)
  expect(await get('/a.txt', `If-None-Match: ${etag}`)).toMatchObject({
    headers: { etag, 'last-modified': date },
  })
})

test('a HEAD has the length and no body', () =>
  withServer(streamFiles(source()), async ({ port }) => {
    const { status, headers, body } = await request(port, '/big.bin', { method: 'HEAD' })
    expect([status, headers['content-length'], body.length]).toEqual([200, '3000000', 0])
  }))

test('streamResponse sends an object', () =>
  withServer(
    (_req, res) => void streamResponse(res, source().file('big.bin'), { contentLength: true }),
    async ({ port }) => {
      const { body, headers } = await request(port, '/')
      expect(headers['content-length']).toBe('3000000')
      expect(body.equals(BIG)).toBe(true)
    },
  ))

describe('failures', () => {
  const wrongKey = { accessKeyId: 'WRONG', secretAccessKey: 'wrong' }
  const options = (others: object) => ({
    ...clientOptions(),
    maxAttempts: 1,
    ...others,
  })
  const unsigned = { signer: { sign: async (unchanged: unknown) => unchanged } }

  test.each<[string, Partial<S3SourceOptions>, string, number | 'next']>([
    ['a missing object', {}, '/none.txt', 'next'],
    [
      'an object that must not be read',
      { client: new S3Client(options(unsigned)) },
      '/a.txt',
      'next',
    ],
    [
      'bad credentials',
      { client: new S3Client(options({ credentials: wrongKey })) },
      '/a.txt',
      500,
    ],
    ['a missing bucket', { bucket: 'no-such-bucket-anywhere' }, '/a.txt', 500],
    [
      'an endpoint that does not listen',
      { client: new S3Client(options({ endpoint: 'http://127.0.0.1:9' })) },
      '/a.txt',
      502,
    ],
  ])('%s', async (_name, given, target, expected) => {
    const app = express()
    app.use(streamFiles(source(given)))
    app.use((_req, res) => void res.status(299).end())
    for (const method of ['GET', 'HEAD']) {
      const { status, body } = await withServer(app, ({ port }) =>
        request(port, target, { method }),
      )
      expect(status).toBe(expected === 'next' ? 299 : expected)
      expect(body.toString()).not.toMatch(/bucket|127\.0\.0\.1|WRONG|a\.txt/)
    }
  })

  test.each([
    [{}, '/none.txt', 404],
    [{ client: new S3Client(options(unsigned)) }, '/a.txt', 403],
  ])('without fallthrough %#', async (given, target, expected) => {
    const files = streamFiles(source(given), { fallthrough: false })
    const { status } = await withServer(files, ({ port }) => request(port, target))
    expect(status).toBe(expected)
  })
})

describe('clients that disconnect', () => {
  // More than the buffers of both connections hold.
  beforeAll(() => store.put('large.bin', Buffer.alloc(32 * 1024 * 1024)))

  test.each(['FIN', 'RST'] as const)('by %s free the connection to the store', async (how) => {
    // With a single connection, one that is not freed leaves nothing for the next request.
    const client = new S3Client({
      ...clientOptions(),
      requestHandler: { httpAgent: { maxSockets: 1 } },
    })
    const outcomes: Outcome[] = []
    const onOutcome = (outcome: Outcome) => outcomes.push(outcome)
    const before = openDescriptors()
    await withServer(streamFiles(source({ client }), { onOutcome }), async ({ port }) => {
      for (let round = 0; round < 5; round++) {
        const socket = await ask(port, '/large.bin')
        await firstBytes(socket)
        await disconnected(socket, how)
      }
      expect((await request(port, '/a.txt')).body.toString()).toBe('hello world')
      await eventually(() => outcomes.length === 6)
      expect(outcomes.map(({ aborted }) => aborted)).toEqual([...Array(5).fill(true), false])
    })
    client.destroy()
    await descriptorsBackTo(before)
  })
})
