import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'

const LARGE = patternOf(300_000)

interface Http2Response {
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
  /** The error code the stream was closed with; 0 for none. */
  readonly code: number
}

let server: Http2Server
let client: ClientHttp2Session

beforeAll(async () => {
  const root = directoryOf({
    'poem.txt': 'twenty letters of it',
    'large.bin': LARGE,
    'empty.txt': '',
    'sub/index.html': '<p>sub</p>',
  })
  const files = streamFiles(root)
  server = createServer((req, res) => {
    if (req.url === '/response') void streamResponse(res, join(root, 'large.bin'))
    else if (req.url === '/missing') void streamResponse(res, join(root, 'nothing.txt'))
    else if (req.url === '/length') {
      void streamResponse(res, join(root, 'large.bin'), { contentLength: true, download: 'ä.bin' })
    } else files(req, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

afterAll(async () => {
  client.close()
  await new Promise((resolve) => server.close(resolve))
  removeDirectories()
})

function ask(path: string, fields: Record<string, string | string[]> = {}): Promise<Http2Response> {
  return new Promise((resolve, reject) => {
    const stream = client.request({ ':path': path, ...fields })
    const received: Buffer[] = []
    let headers = {}
    stream.on('response', (fieldsReceived) => {
      headers = fieldsReceived
    })
    stream.on('data', (bytes: Buffer) => received.push(bytes))
    stream.on('error', reject)
    stream.on('close', () =>
      resolve({ headers, body: Buffer.concat(received), code: stream.rstCode ?? 0 }),
    )
    stream.end()
  })
}

test.each(['/large.bin', '/response'])('%s comes whole, without a length', async (path) => {
  const { headers, body, code } = await ask(path)
  expect(headers).toMatchObject({ ':status': 200, etag: expect.stringMatching(/^"/) })
  for (const name of ['content-length', 'transfer-encoding', 'connection']) {
    expect(headers).not.toHaveProperty(name)
  }
  expect(body.equals(LARGE)).toBe(true)
  expect(code).toBe(0)
})

test('a download has its length and name', async () => {
  const { headers, body } = await ask('/length')
  expect(headers).toMatchObject({
    'content-length': '300000',
    'content-disposition': 'attachment; filename="?.bin"; filename*=UTF-8\'\'%C3%A4.bin',
  })
  expect(body.equals(LARGE)).toBe(true)
})

test('HEAD has the length and no body', async () => {
  const { headers, body } = await ask('/large.bin', { ':method': 'HEAD' })
  expect(headers).toMatchObject({ ':status': 200, 'content-length': '300000' })
  expect(body).toHaveLength(0)
})

test('an empty file is empty', async () => {
  const { headers, body, code } = await ask('/empty.txt')
  expect([headers[':status'], body.length, code]).toEqual([200, 0, 0])
})

test.each([
  ['bytes=0-4', 206, 'bytes 0-4/20', 'twent'],
  ['bytes=-2', 206, 'bytes 18-19/20', 'it'],
  ['bytes=20-', 416, 'bytes */20', ''],
])('Range: %s is %i', async (range, status, contentRange, text) => {
  const { headers, body } = await ask('/poem.txt', { range })
  expect(headers).toMatchObject({
    ':status': status,
    'content-range': contentRange,
    'content-length': String(text.length),
  })
  expect(String(body)).toBe(text)
})

test('several ranges are a multipart body', async () => {
  const { headers, body } = await ask('/large.bin', { range: 'bytes=0-9,200000-200009' })
  expect(headers[':status']).toBe(206)
  expect(headers['content-type']).toMatch(/^multipart\/byteranges; boundary=/)
  expect(headers['content-length']).toBe(String(body.length))
  expect(body.includes(LARGE.subarray(200_000, 200_010))).toBe(true)
})

test.each([
  [304, { 'if-none-match': '*' }],
  [412, { 'if-match': '"x"' }],
])('a %i has no body', async (status, fields) => {
  const { headers, body, code } = await ask('/poem.txt', fields)
  expect([headers[':status'], body.length, code]).toEqual([status, 0, 0])
})

test.each([
  ['/nothing', 'GET', 404],
  ['/missing', 'GET', 404],
  ['/%', 'GET', 404],
  ['/poem.txt', 'POST', 404],
])('without a next handler %s on %s is %i', async (path, method, status) => {
  const { headers, body } = await ask(path, { ':method': method })
  expect([headers[':status'], body.length]).toEqual([status, 0])
})

test('a directory is redirected', async () => {
  const { headers } = await ask('/sub?a=b')
  expect(headers).toMatchObject({ ':status': 301, location: '/sub/?a=b' })
})

test('many streams of one connection keep their bytes apart', async () => {
  const starts = Array.from({ length: 40 }, (_, place) => place * 5000)
  const responses = await Promise.all(
    starts.map((start) => ask('/large.bin', { range: `bytes=${start}-${start + 99_999}` })),
  )
  for (const [place, { body }] of responses.entries()) {
    const start = starts[place] ?? 0
    expect(body.equals(LARGE.subarray(start, start + 100_000))).toBe(true)
  }
})

test('after a client resets its stream the connection is usable', async () => {
  const stream = client.request({ ':path': '/large.bin' })
  stream.on('error', () => {})
  await new Promise((resolve) => stream.once('response', resolve))
  stream.close(8)
  await new Promise((resolve) => stream.once('close', resolve))
  expect(String((await ask('/poem.txt')).body)).toBe('twenty letters of it')
})
