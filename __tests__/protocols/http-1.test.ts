import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { express } from '../support/express.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const LARGE = patternOf(300_000)

let server: TestServer

beforeAll(async () => {
  const root = directoryOf({
    'poem.txt': 'twenty letters of it',
    'large.bin': LARGE,
    'large.txt': LARGE,
    'empty.txt': '',
  })
  const app = express()
  app.get('/response', (_req, res) => void streamResponse(res, join(root, 'large.bin')))
  app.use('/trailer', (_req, res, next) => {
    res.setHeader('Trailer', 'Server-Timing')
    next()
  })
  app.get('/trailer/204', (_req, res) => void streamResponse(res, [], { status: 204 }))
  app.get('/trailer/generated', (_req, res) => void streamResponse(res, [LARGE].values()))
  app.use('/trailer', streamFiles(root))
  app.get('/generated', (_req, res) => void streamResponse(res, [LARGE].values()))
  app.get('/compressed', compression(), (_req, res) => {
    void streamResponse(res, join(root, 'large.txt'))
  })
  app.get('/iterable', (_req, res) => {
    const transform = (chunks: AsyncIterable<Buffer>) => chunks
    void streamResponse(res, join(root, 'large.bin'), { transform })
  })
  app.use(streamFiles(root))
  server = await serve(app)
})

afterAll(async () => {
  await server.close()
  removeDirectories()
})

/** Sends the requests in one write over one connection, and returns all that comes back. */
async function exchange(requests: readonly string[], methods: readonly string[] = []) {
  return parseResponses(await exchangeRaw(server.port, requests.join('')), methods)
}

function get(target: string, ...lines: readonly string[]): string {
  return [
    'GET ',
    target,
    ' HTTP/1.1\r\nHost: a\r\n',
    ...lines.map((line) => `${line}\r\n`),
    '\r\n',
  ].join('')
}

const LAST = 'Connection: close'

describe('an HTTP/1.0 client', () => {
  test.each(['/large.bin', '/response'])('gets %s unchunked, with its length', async (target) => {
    const response = await request(server.port, target, { version: '1.0' })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers).not.toHaveProperty('transfer-encoding')
    expect(response.headers).toMatchObject({ 'content-length': '300000', connection: 'close' })
    expect(response.body.equals(LARGE)).toBe(true)
  })

  test.each(['/generated', '/iterable'])(
    'gets %s, whose length is not known, until the connection ends, though it would keep it',
    async (target) => {
      const asked = `GET ${target} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`
      const [response] = parseResponses(await exchangeRaw(server.port, asked))
      expect(response?.headers).toMatchObject({ connection: 'close' })
      expect(response?.headers).not.toHaveProperty('content-length')
      expect(response?.headers).not.toHaveProperty('transfer-encoding')
      expect(response?.body.equals(LARGE)).toBe(true)
    },
  )

  test('keeps the connection after bodies and ranges whose length is known', async () => {
    const kept = ' HTTP/1.0\r\nConnection: keep-alive\r\n'
    const bytes = await exchangeRaw(
      server.port,
      `GET /large.bin${kept}\r\n` +
        `GET /response${kept}\r\n` +
        `GET /large.bin${kept}Range: bytes=1-5\r\n\r\n` +
        'GET /poem.txt HTTP/1.0\r\n\r\n',
    )
    const [file, response, range, poem] = parseResponses(bytes)
    for (const whole of [file, response]) {
      expect(whole).toMatchObject({ status: 200, complete: true })
      expect(whole?.headers).toMatchObject({ connection: 'keep-alive' })
      expect(whole?.body.equals(LARGE)).toBe(true)
    }
    expect(range).toMatchObject({ status: 206, complete: true })
    expect(range?.body.equals(LARGE.subarray(1, 6))).toBe(true)
    expect(String(poem?.body)).toBe('twenty letters of it')
  })

  test('gets no length behind compression() of a body that has another one then', async () => {
    const headers = ['Accept-Encoding: gzip']
    const response = await request(server.port, '/compressed', { version: '1.0', headers })
    expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', connection: 'close' })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(gunzipSync(response.body).equals(LARGE)).toBe(true)
    const plain = await request(server.port, '/compressed', { version: '1.0' })
    expect(plain.headers['content-length']).toBe('300000')
    expect(plain.body.equals(LARGE)).toBe(true)
  })

  test('gets an empty file, a 304 and a HEAD without a body', async () => {
    const empty = await request(server.port, '/empty.txt', { version: '1.0' })
    const unchanged = await request(server.port, '/poem.txt', {
      version: '1.0',
      headers: ['If-None-Match: *'],
    })
    const head = await request(server.port, '/poem.txt', { version: '1.0', method: 'HEAD' })
    expect([empty.status, unchanged.status, head.status]).toEqual([200, 304, 200])
    expect(empty.body).toHaveLength(0)
    expect(head.headers['content-length']).toBe('20')
  })
})

describe('one connection', () => {
  test('carries pipelined requests, with responses one after the other', async () => {
    const responses = await exchange([
      get('/large.bin'),
      get('/poem.txt'),
      get('/response'),
      get('/nothing'),
      get('/large.bin', 'Range: bytes=10-19'),
      get('/poem.txt', 'If-None-Match: *'),
      get('/large.bin', 'Range: bytes=900000-'),
      get('/poem.txt', 'If-Match: "x"'),
      get('/large.bin', 'Range: bytes=0-1,100-101'),
      get('/empty.txt', LAST),
    ])
    expect(responses.map(({ status }) => status)).toEqual([
      200, 200, 200, 404, 206, 304, 416, 412, 206, 200,
    ])
    expect(responses.every(({ complete }) => complete)).toBe(true)
    expect(responses[0]?.body.equals(LARGE)).toBe(true)
    expect(String(responses[1]?.body)).toBe('twenty letters of it')
    expect(responses[2]?.body.equals(LARGE)).toBe(true)
    expect(responses[4]?.body.equals(LARGE.subarray(10, 20))).toBe(true)
    expect(responses[9]?.body).toHaveLength(0)
  })

  test('carries HEAD between two GETs', async () => {
    const head = 'HEAD /large.bin HTTP/1.1\r\nHost: a\r\n\r\n'
    const responses = await exchange(
      [get('/poem.txt'), head, get('/poem.txt', LAST)],
      ['GET', 'HEAD'],
    )
    expect(responses[1]?.headers['content-length']).toBe('300000')
    expect(String(responses[2]?.body)).toBe('twenty letters of it')
  })

  test('is closed where the client asks for it, after the whole body', async () => {
    const [response] = await exchange([get('/large.bin', LAST)])
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response?.headers).toMatchObject({ connection: 'close', 'transfer-encoding': 'chunked' })
  })

  test('is kept where the client does not', async () => {
    const responses = await exchange([get('/poem.txt'), get('/poem.txt', LAST)])
    expect(responses[0]?.headers.connection).toBe('keep-alive')
  })
})

describe('on the wire', () => {
  test('a 304 has its validators, and no framing, length or type', async () => {
    const { headers, body } = await request(server.port, '/poem.txt', {
      headers: ['If-None-Match: *'],
    })
    expect(headers).toMatchObject({
      etag: expect.stringMatching(/^"/),
      'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
      'cache-control': 'public, max-age=0',
    })
    for (const name of ['content-length', 'transfer-encoding', 'content-type', 'content-range']) {
      expect(headers).not.toHaveProperty(name)
    }
    expect(body).toHaveLength(0)
  })

  test.each([
    ['412', 'If-Match: "x"'],
    ['416', 'Range: bytes=900000-'],
  ])('a %s has a length of 0 and nothing of the file', async (status, field) => {
    const response = await request(server.port, '/large.bin', { headers: [field] })
    expect(String(response.status)).toBe(status)
    expect(response.headers['content-length']).toBe('0')
    for (const name of ['etag', 'last-modified', 'cache-control', 'transfer-encoding']) {
      expect(response.headers).not.toHaveProperty(name)
    }
  })

  test('a 200 has chunks of the chunk size, and a 206 a length', async () => {
    const whole = await request(server.port, '/large.bin')
    expect(whole.chunks).toEqual([65536, 65536, 65536, 65536, 37856])
    expect(whole.headers).not.toHaveProperty('content-length')
    const part = await request(server.port, '/large.bin', { headers: ['Range: bytes=0-99999'] })
    expect(part.headers['content-length']).toBe('100000')
    expect(part.headers).not.toHaveProperty('transfer-encoding')
  })

  test('an empty file is an empty body with an end', async () => {
    expect(await request(server.port, '/empty.txt')).toMatchObject({ chunks: [], complete: true })
  })

  test('several ranges are parts between delimiters, with the announced length', async () => {
    const { status, headers, body, complete } = await request(server.port, '/poem.txt', {
      headers: ['Range: bytes=7-13,0-5,-2'],
    })
    expect(status).toBe(206)
    expect(complete).toBe(true)
    expect(headers['content-length']).toBe(String(body.length))
    expect(headers).not.toHaveProperty('content-range')
    const boundary = /^multipart\/byteranges; boundary=([\w'()+,./:=?-]{1,70})$/.exec(
      headers['content-type'] ?? '',
    )?.[1]
    const part = (range: string, text: string) =>
      `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/20\r\n\r\n${text}\r\n`
    expect(String(body)).toBe(
      `${part('7-13', 'letters')}${part('0-5', 'twenty')}${part('18-19', 'it')}--${boundary}--\r\n`,
    )
  })
})

describe('trailers that the application announced', () => {
  test.each(['/trailer/large.bin', '/trailer/generated'])(
    'are announced with a chunked %s',
    async (target) => {
      const { status, headers } = await request(server.port, target)
      expect([status, headers.trailer]).toEqual([200, 'Server-Timing'])
    },
  )

  test.each([
    ['HEAD', 200, '/large.bin', { method: 'HEAD' }],
    ['HEAD', 200, '/generated', { method: 'HEAD' }],
    ['HTTP/1.0', 200, '/large.bin', { version: '1.0' }],
    ['HTTP/1.0', 200, '/generated', { version: '1.0' }],
    ['GET', 204, '/204', {}],
    ['GET', 206, '/large.bin', { headers: ['Range: bytes=0-9'] }],
    ['GET', 206, '/large.bin', { headers: ['Range: bytes=0-9,20-29'] }],
    ['GET', 304, '/large.bin', { headers: ['If-None-Match: *'] }],
    ['GET', 412, '/large.bin', { headers: ['If-Match: "x"'] }],
    ['GET', 416, '/large.bin', { headers: ['Range: bytes=900000-'] }],
  ])('are not announced without chunks: %s, %i, %s', async (_what, status, target, asked) => {
    const response = await request(server.port, `/trailer${target}`, asked)
    expect(response.status).toBe(status)
    expect(response.headers).not.toHaveProperty('trailer')
  })
})
