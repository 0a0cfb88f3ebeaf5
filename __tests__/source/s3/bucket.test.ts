/** @jest-environment ./__tests__/support/node-errors-environment.cjs */
import { getEventListeners } from 'node:events'
import { Bucket, type GetOptions } from '../../../lib/source/s3/bucket.js'
import { eventually } from '../../support/eventually.js'
import { patternOf } from '../../support/files.js'
import { etagOf, ScriptedStore, sendError } from '../../support/scripted-store.js'

const CONTENT = patternOf(1000)
const LARGE = patternOf(8 * 1024 * 1024)
const { signal } = new AbortController()

let store: ScriptedStore
let bucket: Bucket

beforeEach(async () => {
  store = new ScriptedStore()
  await store.start()
  store.put('a.txt', CONTENT)
  bucket = new Bucket(store.client(), 'bucket', 30_000)
})

afterEach(async () => {
  jest.restoreAllMocks()
  await store.stop()
})

/** An object that is there, and its content. */
async function got(key: string, options: Partial<GetOptions> = {}) {
  const result = await bucket.get(key, { signal, ...options })
  if (result.kind !== 'object') throw new Error(result.kind)
  const { metadata, body } = result
  const pieces: Uint8Array[] = []
  for await (const piece of body.chunks(signal)) pieces.push(piece)
  return { metadata, body, content: Buffer.concat(pieces) }
}

const get = async (options: Partial<GetOptions> = {}) =>
  (await bucket.get('a.txt', { signal, ...options })).kind

function refuseWith(status: number, code: string): void {
  store.intercept = (_req, res) => {
    sendError(res, status, code)
    return true
  }
}

const methods = () => store.requests.map(({ method, range }) => [method, range].join(' ').trim())

describe('getting an object', () => {
  test('brings its metadata and the whole content', async () => {
    const { metadata, body, content } = await got('a.txt')
    expect(metadata).toMatchObject({ size: 1000, etag: etagOf(CONTENT) })
    expect(body).toMatchObject({ start: 0, end: 999 })
    expect(content).toEqual(CONTENT)
    expect(store.requests).toEqual([
      { method: 'GET', key: 'a.txt', range: undefined, ifMatch: undefined },
    ])
  })

  test('or a part, with the size of the whole', async () => {
    const { metadata, body, content } = await got('a.txt', { range: 'bytes=-10' })
    expect(metadata.size).toBe(1000)
    expect(body).toMatchObject({ start: 990, end: 999 })
    expect(content).toEqual(CONTENT.subarray(990))
  })

  test('of unknown size has a body without an end', async () => {
    store.intercept = (_req, res) => {
      res.writeHead(200, { ETag: '"e"' }).end('chunked')
      return true
    }
    const { metadata, body, content } = await got('a.txt')
    expect(metadata.size).toBeUndefined()
    expect(body).toMatchObject({ start: 0, end: Number.POSITIVE_INFINITY })
    expect(String(content)).toBe('chunked')
  })

  test('of one version asks the store for it', async () => {
    const { metadata } = await got('a.txt')
    await got('a.txt', { version: metadata })
    expect(store.requests[1]?.ifMatch).toBe(etagOf(CONTENT))
  })

  test.each([
    ['refuses another', () => false],
    [
      'ignores that',
      (req: { headers: Record<string, unknown> }) => {
        delete req.headers['if-match']
        return false
      },
    ],
  ])('of a version that was replaced tells so, if the store %s', async (_how, intercept) => {
    const { metadata } = await got('a.txt')
    store.put('a.txt', LARGE)
    store.intercept = intercept
    expect(await get({ version: metadata })).toBe('changed')
  })

  test.each([
    ['NoSuchKey', 404],
    ['NoSuchVersion', 404],
    ['InvalidObjectName', 400],
    ['InvalidURI', 400],
    ['KeyTooLongError', 400],
  ])('that fails with %s finds nothing', async (code, status) => {
    refuseWith(status, code)
    expect(await get()).toBe('missing')
  })

  test('beyond its end is not satisfiable', async () => {
    expect(await get({ range: 'bytes=1000-' })).toBe('unsatisfiable')
  })

  test.each([
    ['NoSuchBucket', 404, 500],
    ['AccessDenied', 403, 403],
    ['InternalError', 500, 502],
  ])('that fails with %s throws', async (code, status, expected) => {
    refuseWith(status, code)
    await expect(get()).rejects.toMatchObject({ status: expected, code })
  })

  test.each(['nonsense', 'bytes 0-9/*'])('a part with the place %j throws', async (place) => {
    store.intercept = (_req, res) => {
      res.writeHead(206, { 'Content-Length': 10, 'Content-Range': place }).end('0123456789')
      return true
    }
    await expect(get({ range: 'bytes=0-9' })).rejects.toMatchObject({
      status: 502,
      code: 'ERR_UNEXPECTED_RESPONSE',
      cause: { message: 'The store sent a part of the object and not which one' },
    })
  })

  test('with a client that gives no stream throws', async () => {
    const client = store.client()
    jest.spyOn(client, 'send').mockImplementation(async () => ({ Body: 'text', $metadata: {} }))
    const other = new Bucket(client, 'bucket', 30_000)
    await expect(other.get('a.txt', { signal })).rejects.toMatchObject({
      status: 502,
      cause: { message: 'The client of the store does not give a stream of Node.js' },
    })
  })
})

describe('asking for the metadata of an object', () => {
  test('is one HEAD', async () => {
    expect(await bucket.head('a.txt', signal)).toMatchObject({
      kind: 'object',
      metadata: { size: 1000, etag: etagOf(CONTENT) },
    })
    expect(methods()).toEqual(['HEAD'])
  })

  test('ends when the signal fires, and listens to it no longer', async () => {
    const controller = new AbortController()
    await bucket.head('a.txt', controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    store.intercept = () => {
      controller.abort()
      return true
    }
    await expect(bucket.head('a.txt', controller.signal)).rejects.toMatchObject({ status: 500 })
    await eventually(() => [...store.sockets].every(({ destroyed }) => destroyed))
  })

  test('that is missing needs a GET to tell it from a missing bucket', async () => {
    expect(await bucket.head('none', signal)).toEqual({ kind: 'missing' })
    expect(methods()).toEqual(['HEAD', 'GET bytes=0-0'])
    refuseWith(404, 'NoSuchBucket')
    const other = new Bucket(store.client(), 'bucket', 30_000)
    await expect(other.head('none', signal)).rejects.toMatchObject({ code: 'NoSuchBucket' })
  })

  test.each<[what: string, key: string]>([
    ['found', 'a.txt'],
    ['missing', 'none'],
  ])('that is missing is one HEAD if the bucket was just found, by what is %s', async (_, key) => {
    jest.spyOn(performance, 'now').mockReturnValue(0)
    const result = await bucket.get(key, { signal })
    if (result.kind === 'object') result.body.close()
    store.requests.length = 0
    expect(await bucket.head('other', signal)).toEqual({ kind: 'missing' })
    expect(methods()).toEqual(['HEAD'])
  })

  test('that is missing needs a GET again a second later', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(0)
    await bucket.get('none', { signal })
    now.mockReturnValue(999)
    await bucket.head('none', signal)
    now.mockReturnValue(1000)
    await bucket.head('none', signal)
    expect(methods()).toEqual(['GET', 'HEAD', 'HEAD', 'GET bytes=0-0'])
  })

  test('that may not be read asks why', async () => {
    refuseWith(403, 'InvalidAccessKeyId')
    await expect(bucket.head('a.txt', signal)).rejects.toMatchObject({
      status: 500,
      code: 'InvalidAccessKeyId',
    })
    expect(methods()).toEqual(['HEAD', 'GET bytes=0-0'])
  })

  test('that may not be read asks even if the bucket was just found', async () => {
    await bucket.get('none', { signal })
    refuseWith(403, 'AccessDenied')
    await expect(bucket.head('a.txt', signal)).rejects.toMatchObject({ status: 403 })
  })

  test('of a store that fails otherwise throws without a GET', async () => {
    refuseWith(500, 'InternalError')
    await expect(bucket.head('a.txt', signal)).rejects.toMatchObject({ status: 502 })
    expect(methods()).toEqual(['HEAD'])
  })

  test('that appears meanwhile has them from the GET, whose body is closed', async () => {
    store.intercept = () => {
      if (store.requests.length === 2) store.put('late', LARGE)
      return false
    }
    expect(await bucket.head('late', signal)).toMatchObject({
      kind: 'object',
      metadata: { size: LARGE.length },
    })
    const { metadata } = await got('a.txt')
    expect(metadata.size).toBe(1000)
  })

  test('that appears empty meanwhile is a 503', async () => {
    store.intercept = () => {
      if (store.requests.length === 2) store.put('late', '')
      return false
    }
    await expect(bucket.head('late', signal)).rejects.toMatchObject({
      status: 503,
      code: 'ERR_FILE_CHANGED',
    })
  })
})
