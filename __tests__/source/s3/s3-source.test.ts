/** @jest-environment ./__tests__/support/node-errors-environment.cjs */
import type { HttpError } from 'http-errors'
import type { S3SourceOptions } from '../../../lib/options/s3-source-options.js'
import { s3Source } from '../../../lib/s3.js'
import type { OpenContext, SourceFile } from '../../../lib/source/custom/source-contract.js'
import { eventually } from '../../support/eventually.js'
import { patternOf } from '../../support/files.js'
import { etagOf, ScriptedStore, sendError } from '../../support/scripted-store.js'

const CONTENT = patternOf(1000)
const LARGE = patternOf(8 * 1024 * 1024)
const ETAG = etagOf(CONTENT)

let store: ScriptedStore

beforeEach(async () => {
  store = new ScriptedStore()
  await store.start()
  store.put('a.txt', CONTENT)
})

afterEach(() => store.stop())

function source(options: Partial<S3SourceOptions> = {}) {
  return s3Source({ client: store.client(), bucket: 'bucket', ...options })
}

function context(request: Partial<OpenContext> = {}): OpenContext {
  return { signal: new AbortController().signal, method: 'GET', ...request }
}

async function opened(file: PromiseLike<SourceFile | undefined> | SourceFile | undefined) {
  const result = await file
  if (result === undefined) throw new Error('There is no file')
  return result
}

async function read(file: SourceFile, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  const { signal } = new AbortController()
  for await (const piece of file.chunks({ start, end, signal })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The pieces of a file up to a position. */
function iterate(file: SourceFile, end: number): AsyncIterator<Uint8Array> {
  const chunks = file.chunks({ start: 0, end, signal: new AbortController().signal })
  if (Symbol.asyncIterator in chunks) return chunks[Symbol.asyncIterator]()
  throw new Error('The pieces do not come one by one')
}

/** The requests that the store got, such as `GET a.txt bytes=0-4 if "…"`. */
function requests(): string[] {
  return store.requests.map(({ method, key, range, ifMatch }) =>
    [method, key, range, ifMatch && 'If-Match'].filter(Boolean).join(' '),
  )
}

async function failure(promise: PromiseLike<unknown> | unknown): Promise<HttpError> {
  return Promise.resolve(promise).then(
    () => Promise.reject(new Error('It did not fail')),
    (error) => error,
  )
}

describe('requests to the store', () => {
  test('a GET is one GET, which brings the metadata too', async () => {
    const file = await opened(source().open('a.txt', context()))
    expect(file).toMatchObject({ size: 1000, etag: ETAG })
    expect(await read(file, 0, 999)).toEqual(CONTENT)
    expect(requests()).toEqual(['GET a.txt'])
  })

  test.each([
    ['bytes=10-19', 10, 19],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=990-5000', 990, 999],
  ])('the range %s is one GET', async (range, start, end) => {
    const file = await opened(source().open('a.txt', context({ range })))
    expect(file.size).toBe(1000)
    expect(await read(file, start, end)).toEqual(CONTENT.subarray(start, end + 1))
    expect(requests()).toEqual([`GET a.txt ${range}`])
  })

  test('an unsatisfiable range needs a HEAD for the size', async () => {
    const file = await opened(source().open('a.txt', context({ range: 'bytes=1000-' })))
    expect(file.size).toBe(1000)
    expect(requests()).toEqual(['GET a.txt bytes=1000-', 'HEAD a.txt'])
  })

  test.each(['bytes=-0', 'bytes=9-3'])('%s is not left to the store', async (range) => {
    const file = await opened(source().open('a.txt', context({ range })))
    expect(file.size).toBe(1000)
    expect(requests()[0]).toBe('HEAD a.txt')
  })

  test('a HEAD is one HEAD', async () => {
    expect(await source().open('a.txt', context({ method: 'HEAD' }))).toMatchObject({ size: 1000 })
    expect(requests()).toEqual(['HEAD a.txt'])
  })

  test('a precondition that ends the request is one HEAD', async () => {
    await source().open('a.txt', context({ conditions: { ifNoneMatch: ETAG } }))
    await source().open('a.txt', context({ conditions: { ifMatch: '"other"' } }))
    expect(requests()).toEqual(['HEAD a.txt', 'HEAD a.txt'])
  })

  test('a precondition that holds is a HEAD and a GET of the same version', async () => {
    const conditions = { ifNoneMatch: '"other"' }
    const file = await opened(source().open('a.txt', context({ conditions })))
    expect(await read(file, 0, 999)).toEqual(CONTENT)
    expect(requests()).toEqual(['HEAD a.txt', 'GET a.txt If-Match'])
  })

  test.each([
    [ETAG, 'GET a.txt bytes=0-9 If-Match'],
    ['"other"', 'GET a.txt If-Match'],
  ])('with If-Range: %s', async (ifRange, get) => {
    await source().open('a.txt', context({ range: 'bytes=0-9', conditions: { ifRange } }))
    expect(requests()).toEqual(['HEAD a.txt', get])
  })

  test('several ranges are a HEAD, and a GET of the same version for each', async () => {
    const file = await opened(source().open('a.txt', context({ range: 'bytes=0-9,500-509' })))
    expect(await read(file, 0, 9)).toEqual(CONTENT.subarray(0, 10))
    expect(await read(file, 500, 509)).toEqual(CONTENT.subarray(500, 510))
    expect(requests()).toEqual([
      'HEAD a.txt',
      'GET a.txt bytes=0-9 If-Match',
      'GET a.txt bytes=500-509 If-Match',
    ])
  })

  test('other bytes than were foreseen are got when they are read', async () => {
    const file = await opened(source().open('a.txt', context({ range: 'bytes=0-9' })))
    expect(await read(file, 0, 999)).toEqual(CONTENT)
    expect(requests()).toEqual(['GET a.txt bytes=0-9', 'GET a.txt If-Match'])
  })

  test('the prefix is taken as it is', async () => {
    await source({ prefix: 'public' }).open('a.txt', context())
    await source({ prefix: 'public/' }).open('a b/ü', context())
    expect(requests()).toEqual(['GET publica.txt', 'GET public/a b/ü'])
  })

  test.each(['', '../a.txt', 'x/../a.txt', 'a\0b', 'x'.repeat(1025)])(
    'the name %j is missing without a request',
    async (name) => {
      expect(await source().open(name, context())).toBeUndefined()
      expect(requests()).toEqual([])
    },
  )
})

describe('metadata', () => {
  async function metadataOf(headers: Record<string, string>) {
    store.put('b.html', 'x', headers)
    const { chunks, close, ...metadata } = await opened(source().open('b.html', context()))
    close?.()
    return metadata
  }

  test('is that of the store', async () => {
    expect(
      await metadataOf({
        ETag: '"e-2"',
        'Content-Type': 'text/x-special',
        'Content-Encoding': 'gzip',
        'Content-Language': 'de',
        'Content-Disposition': 'attachment',
        'Cache-Control': 'max-age=5',
      }),
    ).toEqual({
      size: 1,
      modified: new Date('2024-02-29T12:34:56Z'),
      etag: '"e-2"',
      type: 'text/x-special',
      contentEncoding: 'gzip',
      contentLanguage: 'de',
      contentDisposition: 'attachment',
      cacheControl: 'max-age=5',
    })
  })

  test.each(['binary/octet-stream', ''])('the type %j says nothing', async (type) => {
    expect((await metadataOf({ 'Content-Type': type })).type).toBeUndefined()
  })

  test.each(['W/"e"', 'unquoted'])('the entity tag %s is not used', async (etag) => {
    expect((await metadataOf({ ETag: etag })).etag).toBeUndefined()
  })

  test.each([
    ['aws-chunked', undefined],
    ['gzip,aws-chunked', 'gzip'],
    ['gzip, br', 'gzip, br'],
  ])('the content coding %j of the store is %j', async (stored, sent) => {
    expect((await metadataOf({ 'Content-Encoding': stored })).contentEncoding).toBe(sent)
  })

  test('of an empty object', async () => {
    store.put('b.html', '')
    const file = await opened(source().open('b.html', context({ range: 'bytes=0-' })))
    expect(file.size).toBe(0)
  })
})

describe('an object that is replaced', () => {
  /** Replaces the object before the request of this number, counted from 1. */
  function replaceBefore(...numbers: number[]) {
    store.intercept = () => {
      const number = store.requests.length
      if (numbers.includes(number)) store.put('a.txt', Buffer.alloc(1000, number))
      return false
    }
  }

  const conditions = { ifNoneMatch: '"other"' }

  test('after the HEAD is opened once more', async () => {
    replaceBefore(2)
    const file = await opened(source().open('a.txt', context({ conditions })))
    expect(await read(file, 0, 999)).toEqual(Buffer.alloc(1000, 2))
    expect(requests()).toEqual([
      'HEAD a.txt',
      'GET a.txt If-Match',
      'HEAD a.txt',
      'GET a.txt If-Match',
    ])
  })

  test('again after the second HEAD is a 503', async () => {
    replaceBefore(2, 4)
    const error = await failure(source().open('a.txt', context({ conditions })))
    expect(error).toMatchObject({ status: 503, code: 'ERR_FILE_CHANGED' })
    expect(error.headers).toEqual({ 'Retry-After': '1' })
  })

  test('between two ranges fails', async () => {
    replaceBefore(3)
    const file = await opened(source().open('a.txt', context({ range: 'bytes=0-9,500-509' })))
    expect(await read(file, 0, 9)).toEqual(CONTENT.subarray(0, 10))
    expect(await failure(read(file, 500, 509))).toMatchObject({ code: 'ERR_FILE_CHANGED' })
  })

  test('is noticed in a store that ignores If-Match', async () => {
    store.intercept = (req) => {
      delete req.headers['if-match']
      if (store.requests.length > 1) store.put('a.txt', Buffer.alloc(1000, store.requests.length))
      return false
    }
    const error = await failure(source().open('a.txt', context({ conditions })))
    expect(error.status).toBe(503)
  })

  test('is noticed in a store without entity tags, by its size and date', async () => {
    store.put('a.txt', CONTENT, { ETag: '' })
    store.intercept = () => {
      if (store.requests.length > 1) store.put('a.txt', 'shorter', { ETag: '' })
      return false
    }
    const file = await opened(source().open('a.txt', context({ conditions })))
    expect(file.size).toBe(7)
  })

  test('by nothing is missing', async () => {
    store.intercept = () => {
      if (store.requests.length === 2) store.delete('a.txt')
      return false
    }
    expect(await source().open('a.txt', context({ conditions }))).toBeUndefined()
  })
})

describe('the metadata cache', () => {
  const conditions = { ifNoneMatch: ETAG }

  test('saves the HEAD of a later request', async () => {
    const files = source({ metadataTtl: 60_000 })
    await read(await opened(files.open('a.txt', context())), 0, 999)
    await files.open('a.txt', context({ method: 'HEAD' }))
    await files.open('a.txt', context({ conditions }))
    expect(requests()).toEqual(['GET a.txt'])
  })

  test('is off by default', async () => {
    const files = source()
    await files.open('a.txt', context({ method: 'HEAD' }))
    await files.open('a.txt', context({ method: 'HEAD' }))
    expect(requests()).toEqual(['HEAD a.txt', 'HEAD a.txt'])
  })

  test('forgets an object that is missing', async () => {
    const files = source({ metadataTtl: 60_000 })
    await files.open('a.txt', context({ method: 'HEAD' }))
    store.delete('a.txt')
    await files.open('a.txt', context())
    expect(await files.open('a.txt', context({ method: 'HEAD' }))).toBeUndefined()
  })

  test('forgets an object that was replaced', async () => {
    const files = source({ metadataTtl: 60_000 })
    await files.open('a.txt', context({ method: 'HEAD' }))
    store.put('a.txt', 'new')
    const file = await opened(files.open('a.txt', context({ range: 'bytes=0-0,2-2' })))
    expect(file.size).toBe(3)
    expect(await read(file, 2, 2)).toEqual(Buffer.from('w'))
  })
})

describe('failures', () => {
  test('a missing object is undefined', async () => {
    expect(await source().open('missing', context())).toBeUndefined()
    expect(await source().open('missing', context({ method: 'HEAD' }))).toBeUndefined()
    expect(requests()).toEqual(['GET missing', 'HEAD missing', 'GET missing bytes=0-0'])
  })

  test('a name that the store does not accept is missing', async () => {
    store.intercept = (_req, res) => {
      sendError(res, 400, 'InvalidObjectName')
      return true
    }
    expect(await source().open('a//b', context())).toBeUndefined()
  })

  test.each([
    ['NoSuchBucket', 404, 500],
    ['AccessDenied', 403, 403],
    ['InvalidAccessKeyId', 403, 500],
    ['SlowDown', 503, 503],
    ['InternalError', 500, 502],
  ])('%s is the same for GET and HEAD', async (code, status, expected) => {
    store.intercept = (_req, res) => {
      sendError(res, status, code)
      return true
    }
    expect(await failure(source().open('a.txt', context()))).toMatchObject({ status: expected })
    const head = context({ method: 'HEAD' })
    expect(await failure(source().open('a.txt', head))).toMatchObject({ status: expected })
  })

  test('a store that cannot be reached is a 502', async () => {
    const client = store.client()
    await store.stop()
    const error = await failure(source({ client }).open('a.txt', context()))
    expect(error).toMatchObject({ status: 502, message: 'Bad Gateway', code: 'ECONNREFUSED' })
  })

  test('a store that hangs up is a 502', async () => {
    store.intercept = (req) => Boolean(req.socket.destroy())
    expect(await failure(source().open('a.txt', context()))).toMatchObject({ status: 502 })
  })

  test('the SDK tries again before the first byte', async () => {
    store.intercept = (_req, res) => {
      if (store.requests.length > 1) return false
      sendError(res, 503, 'SlowDown')
      return true
    }
    const client = store.client({ maxAttempts: 2 })
    expect(await source({ client }).open('a.txt', context())).toMatchObject({ size: 1000 })
  })

  test('a store that breaks off fails the body', async () => {
    store.intercept = (_req, res) => {
      res.writeHead(200, { ETag: ETAG, 'Content-Length': 1000 })
      res.write(CONTENT.subarray(0, 500), () => res.destroy())
      return true
    }
    const file = await opened(source().open('a.txt', context()))
    expect(await failure(read(file, 0, 999))).toMatchObject({ status: 502, code: 'ECONNRESET' })
    expect(requests()).toEqual(['GET a.txt'])
  })

  test.each([
    ['is right', (crc32: string) => crc32, true],
    ['is wrong', () => 'AAAAAA==', false],
  ])('with the default of the SDK, a checksum that %s', async (_how, checksumOf, whole) => {
    // CRC32 of "123456789" is a standard check value.
    const body = '123456789'
    store.put('summed', body, { 'x-amz-checksum-crc32': checksumOf('y/Q5Jg==') })
    const client = store.client({ responseChecksumValidation: 'WHEN_SUPPORTED' })
    const file = await opened(source({ client }).open('summed', context()))
    const text = await read(file, 0, 8).then(String, () => 'failed')
    expect(text).toBe(whole ? body : 'failed')
  })

  test('a part without its place is a 502', async () => {
    store.intercept = (_req, res) => {
      res.writeHead(206, { ETag: ETAG, 'Content-Length': 10 }).end(CONTENT.subarray(0, 10))
      return true
    }
    const error = await failure(source().open('a.txt', context({ range: 'bytes=0-9' })))
    expect(error).toMatchObject({ status: 502, code: 'ERR_UNEXPECTED_RESPONSE' })
  })

  test('a store that ignores a range fails the body', async () => {
    store.intercept = (req) => {
      delete req.headers.range
      return false
    }
    const file = await opened(source().open('a.txt', context({ range: 'bytes=10-19' })))
    expect(await failure(read(file, 10, 19))).toMatchObject({ status: 502 })
  })
})

describe('a store that stalls', () => {
  const STALL_TIMEOUT = 30_000

  // Only the clock of timeouts stands still, so that the store may take its time.
  beforeEach(() => {
    jest.useFakeTimers({
      doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'],
    })
  })

  afterEach(() => jest.useRealTimers())

  /** The request and half of the body; the rest never comes. */
  function sendHalf() {
    store.intercept = (_req, res) => {
      res.writeHead(200, { ETag: ETAG, 'Content-Length': 1000 })
      res.write(CONTENT.subarray(0, 500))
      return true
    }
  }

  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

  async function allClosed() {
    while (![...store.sockets].every(({ destroyed }) => destroyed)) await nextTurn()
  }

  test('before the first byte is a 504', async () => {
    store.intercept = () => true
    const failed = failure(source().open('a.txt', context()))
    while (store.requests.length === 0) await nextTurn()
    jest.advanceTimersByTime(STALL_TIMEOUT)
    expect(await failed).toMatchObject({ status: 504, code: 'ERR_STORE_TIMEOUT' })
    await allClosed()
  })

  test('in the middle of the body fails the body', async () => {
    sendHalf()
    const file = await opened(source().open('a.txt', context()))
    const pieces = iterate(file, 999)
    expect((await pieces.next()).value).toHaveLength(500)
    const failed = failure(pieces.next())
    await nextTurn()
    jest.advanceTimersByTime(STALL_TIMEOUT)
    expect(await failed).toMatchObject({ code: 'ERR_STORE_TIMEOUT' })
    await allClosed()
  })

  test('has as long as `stallTimeout` says', async () => {
    store.intercept = () => true
    const failed = failure(source({ stallTimeout: 10 }).open('a.txt', context()))
    while (store.requests.length === 0) await nextTurn()
    jest.advanceTimersByTime(10)
    expect(await failed).toMatchObject({ status: 504 })
  })

  test('does not stall while nothing is read', async () => {
    store.put('large', LARGE)
    const file = await opened(source().open('large', context()))
    const pieces = iterate(file, LARGE.length - 1)
    const received: Uint8Array[] = []
    while (true) {
      const { done, value } = await pieces.next()
      if (done) break
      received.push(value)
      jest.advanceTimersByTime(2 * STALL_TIMEOUT)
      await nextTurn()
    }
    expect(Buffer.concat(received).equals(LARGE)).toBe(true)
  })
})

describe('connections', () => {
  const isClosed = () => [...store.sockets].every(({ destroyed }) => destroyed)

  test('are reused after a body was read', async () => {
    const files = source()
    await read(await opened(files.open('a.txt', context())), 0, 999)
    await read(await opened(files.open('a.txt', context())), 0, 999)
    expect(store.sockets.size).toBe(1)
  })

  test('are reused after a reader that stops at the last byte', async () => {
    const files = source()
    for (let round = 0; round < 2; round++) {
      const file = await opened(files.open('a.txt', context()))
      const { signal } = context()
      for await (const piece of file.chunks({ start: 0, end: 999, signal })) {
        if (piece.length === 1000) break
      }
      // The client has the connection back in the next turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(store.sockets.size).toBe(1)
  })

  test('are closed with a file that was not read', async () => {
    store.put('large', LARGE)
    const file = await opened(source().open('large', context()))
    await file.close?.()
    await eventually(isClosed)
  })

  test('are closed with a body that was read in part', async () => {
    store.put('large', LARGE)
    const file = await opened(source().open('large', context()))
    const { signal } = context()
    for await (const _ of file.chunks({ start: 0, end: LARGE.length - 1, signal })) break
    await eventually(isClosed)
  })

  test('are closed when the signal fires before the response', async () => {
    const disconnect = new AbortController()
    store.intercept = () => {
      disconnect.abort()
      return true
    }
    await failure(source().open('a.txt', context({ signal: disconnect.signal })))
    await eventually(isClosed)
  })

  test('are closed when the signal fires in the middle of a read', async () => {
    store.intercept = (_req, res) => {
      res.writeHead(200, { ETag: ETAG, 'Content-Length': 1000 })
      return res.write(CONTENT.subarray(0, 500)) || true
    }
    const disconnect = new AbortController()
    const { signal } = disconnect
    const file = await opened(source().open('a.txt', context({ signal })))
    const pieces = iterate(file, 999)
    await pieces.next()
    const pending = pieces.next()
    disconnect.abort()
    await failure(pending)
    await eventually(isClosed)
  })

  test('nothing is asked for after the signal has fired', async () => {
    await failure(source().open('a.txt', context({ signal: AbortSignal.abort() })))
    expect(requests()).toEqual([])
  })

  test('an error of a body that nothing reads does not crash the process', async () => {
    store.intercept = (_req, res) => {
      res.writeHead(200, { ETag: ETAG, 'Content-Length': 1000 })
      res.write(CONTENT.subarray(0, 500), () => res.destroy())
      return true
    }
    const file = await opened(source().open('a.txt', context()))
    await eventually(isClosed)
    await file.close?.()
  })
})
