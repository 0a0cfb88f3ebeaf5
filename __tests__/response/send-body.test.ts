import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Progress } from '../../lib/body/decorators/progress-reader.js'
import type { Decision } from '../../lib/http/decision.js'
import {
  needsBodyReader,
  type PreparedBody,
  sendBody,
  type TransferOptions,
} from '../../lib/response/send-body.js'
import type { TransferResult } from '../../lib/response/transfer.js'
import { detachedResponse } from '../support/detached-response.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { QueuedReader } from '../support/queued-reader.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const KIB = 1024
const CHUNKED: Decision = {
  status: 200,
  headers: [['X-Own', 'yes']],
  remove: [],
  segments: [{ start: 0, end: 5 }],
}
const NO_BODY: Decision = { ...CHUNKED, segments: [] }
const DIGEST = `sha-256=:${createHash('sha256').update('onetwo').digest('base64')}:`

/** A body of two buffers. */
function prepared(properties: Partial<PreparedBody> = {}): PreparedBody {
  const reader = new QueuedReader([null, Buffer.from('one')], [null, Buffer.from('two')])
  return { decision: CHUNKED, reader, method: 'GET', flushEachItem: false, ...properties }
}

interface Exchange {
  readonly options?: TransferOptions | undefined
  readonly body?: Partial<PreparedBody>
  readonly version?: string
  readonly prepare?: (res: ServerResponse) => void
}

async function exchange({ options, body, version = '1.1', prepare }: Exchange) {
  let end: TransferResult | undefined
  const response = await withServer(
    async (_req, res) => {
      prepare?.(res)
      end = await sendBody(res, prepared(body), options)
    },
    ({ port }) => request(port, '/', { version }).catch((): Partial<RawResponse> => ({})),
  )
  return { response, end }
}

test.each<[options: TransferOptions | undefined]>([[undefined], [{}]])(
  'with the options %p a body is sent as it was decided',
  async (options) => {
    const { response, end } = await exchange({ options })
    expect(response).toMatchObject({ status: 200, complete: true, chunks: [3, 3] })
    expect(response.headers).toMatchObject({ 'x-own': 'yes' })
    expect(response.headers).not.toHaveProperty('trailer')
    expect(end).toMatchObject({ completed: true, bytesSent: 6 })
  },
)

test.each<[options: TransferOptions | undefined]>([[undefined], [{}]])(
  'with the options %p chunks have the size that is asked for',
  async (options) => {
    const { response } = await exchange({ options, body: { chunkSize: 2 } })
    expect(response.chunks).toEqual([2, 1, 2, 1])
  },
)

describe('the digest', () => {
  const options = { digest: 'sha-256' } as const
  const sized = (length: number): Decision => ({
    ...CHUNKED,
    headers: [...CHUNKED.headers, ['Content-Length', String(length)]],
  })

  test('is a trailer of a chunked body', async () => {
    const { response } = await exchange({ options })
    expect(response.headers).toMatchObject({ trailer: 'Repr-Digest' })
    expect(response.trailers).toEqual({ 'repr-digest': DIGEST })
  })

  test('is announced next to the trailers of the application', async () => {
    const prepare = (res: ServerResponse) => res.setHeader('Trailer', 'X-Own')
    const { response } = await exchange({ options, prepare })
    expect(response.headers).toMatchObject({ trailer: 'X-Own, Repr-Digest' })
    expect(response.trailers).toMatchObject({ 'repr-digest': DIGEST })
  })

  test.each<[what: string, given: Exchange]>([
    ['with a length', { body: { decision: sized(6) } }],
    ['of HTTP/1.0', { version: '1.0' }],
    ['that is a part', { body: { decision: { ...CHUNKED, status: 206 } } }],
    ['to HEAD', { body: { method: 'HEAD' } }],
    ['that is a 304', { body: { decision: { ...CHUNKED, status: 304 } } }],
    ['that has it as a header', { prepare: (res) => res.setHeader('Repr-Digest', 'own') }],
  ])('is no trailer of a response %s', async (_what, given) => {
    const { response } = await exchange({ options, ...given })
    expect(response.headers).not.toHaveProperty('trailer')
    expect(response.trailers ?? {}).toEqual({})
  })

  test('is a trailer under HTTP/2', async () => {
    await withHttp2Client(
      (_req, res) => void sendBody(res, prepared(), options),
      async ({ session }) => {
        const stream = openStream(session, '/')
        stream.resume()
        const trailers = await new Promise((resolve) => stream.on('trailers', resolve))
        expect(trailers).toMatchObject({ 'repr-digest': DIGEST })
      },
    )
  })

  test.each<[options: TransferOptions, field: string | undefined]>([
    [options, 'no-transform'],
    [{}, undefined],
  ])('of what a middleware may change: %j has the Cache-Control %p', async (given, field) => {
    const prepare = (res: ServerResponse) => {
      const { write } = res
      res.write = (...written: unknown[]) => Reflect.apply(write, res, written)
    }
    const { response } = await exchange({ options: given, prepare })
    expect(response.headers?.['cache-control']).toBe(field)
  })
})

describe('the progress', () => {
  test.each<[what: string, decision: Decision, total: number | undefined]>([
    ['of a body of known length', CHUNKED, 6],
    [
      'of a body of unknown length',
      { ...CHUNKED, segments: [{ start: 0, end: Number.POSITIVE_INFINITY }] },
      undefined,
    ],
  ])('%s is reported at its end', async (_what, decision, total) => {
    const reports: Progress[] = []
    const onProgress = (progress: Progress) => reports.push(progress)
    await exchange({ options: { onProgress }, body: { decision } })
    expect(reports.at(-1)).toEqual(total === undefined ? { bytesSent: 6 } : { bytesSent: 6, total })
  })

  test('is reported while the body is sent', async () => {
    const now = jest.spyOn(performance, 'now')
    let time = 0
    now.mockImplementation(() => (time += 1000))
    const onProgress = jest.fn()
    await sendBody(detachedResponse(), prepared(), { onProgress })
    now.mockRestore()
    expect(onProgress.mock.calls.map(([{ bytesSent }]) => bytesSent)).toEqual([3, 6, 6])
  })
})

test('the rate is limited', async () => {
  jest.useFakeTimers()
  try {
    const reader = new QueuedReader(
      ...Array.from({ length: 4 }, (): [null, Buffer] => [null, Buffer.alloc(50)]),
    )
    const ended = jest.fn()
    void sendBody(detachedResponse(), prepared({ reader }), { maxRate: 1000 }).then(ended)
    await jest.advanceTimersByTimeAsync(149)
    expect(reader.sizeHints).toHaveLength(3)
    await jest.advanceTimersByTimeAsync(51)
    expect(reader.sizeHints).toHaveLength(5)
    expect(ended).toHaveBeenCalledTimes(1)
  } finally {
    jest.useRealTimers()
  }
})

test('a signal aborts the response', async () => {
  const controller = new AbortController()
  const reason = new Error('maintenance')
  const res = detachedResponse({ accepts: false })
  const reader = new QueuedReader([null, Buffer.alloc(KIB * KIB)])
  const end = sendBody(res, prepared({ reader }), { signal: controller.signal })
  controller.abort(reason)
  expect(await end).toMatchObject({ completed: false, error: { status: 503, cause: reason } })
  expect(res.destroyed).toBe(true)
})

test('a client that stalls is disconnected', async () => {
  jest.useFakeTimers()
  try {
    const reader = new QueuedReader([null, Buffer.alloc(KIB * KIB)])
    const res = detachedResponse({ accepts: false })
    const end = sendBody(res, prepared({ reader }), { stallTimeout: 1000 })
    await jest.advanceTimersByTimeAsync(2000)
    expect(await end).toMatchObject({ aborted: true, error: { code: 'ERR_STALL_TIMEOUT' } })
  } finally {
    jest.useRealTimers()
  }
})

test.each<[options: TransferOptions | undefined, sizes: number[]]>([
  [{ stallTimeout: 60_000 }, [16 * KIB, 16 * KIB, 8 * KIB]],
  [{}, [40 * KIB]],
  [undefined, [40 * KIB]],
])('under HTTP/2 with %j the writes have the sizes %j', async (options, sizes) => {
  const written: number[] = []
  const reader = new QueuedReader([null, Buffer.alloc(40 * KIB)])
  const listener = (_req: unknown, res: Http2ServerResponse) => {
    const { write } = res
    res.write = (...given: [Uint8Array, ...unknown[]]) => {
      written.push(given[0].length)
      return Reflect.apply(write, res, given)
    }
    void sendBody(res, prepared({ reader }), options)
  }
  await withHttp2Client(listener, async ({ session }) => {
    const stream = openStream(session, '/')
    stream.resume()
    await new Promise((resolve) => stream.on('end', resolve))
  })
  expect(written).toEqual(sizes)
})

test.each<[flushEachItem: boolean, options: TransferOptions | undefined, flushes: number]>([
  [true, undefined, 1],
  [true, {}, 1],
  [false, undefined, 0],
  [false, {}, 0],
])(
  'flushEachItem: %p with the options %p flushes %i times',
  async (flushEachItem, options, flushes) => {
    const res = Object.assign(detachedResponse(), { flush: jest.fn() })
    const reader = new QueuedReader([null, Buffer.from('one')])
    // The body waits until its first item was flushed.
    const read = reader.read.bind(reader)
    reader.read = (sizeHint, callback) =>
      reader.sizeHints.length === 0
        ? read(sizeHint, callback)
        : void setImmediate(() => setImmediate(() => read(sizeHint, callback)))
    const end = await sendBody(res, prepared({ reader, flushEachItem }), options)
    expect(end.completed).toBe(true)
    expect(res.flush).toHaveBeenCalledTimes(flushes)
  },
)

test.each<
  [
    what: string,
    isRead: boolean,
    decision: Decision,
    method: string | undefined,
    status: number,
    exactLength: number | undefined,
  ]
>([
  ['a body', true, CHUNKED, 'GET', 200, undefined],
  ['a body of a known length', true, CHUNKED, 'GET', 200, 6],
  ['no body', false, NO_BODY, 'GET', 200, undefined],
  ['no body of a known length', false, NO_BODY, 'GET', 200, 6],
  ['a body that must be empty', true, NO_BODY, 'GET', 200, 0],
  ['a body that must be empty, to HEAD', false, NO_BODY, 'HEAD', 200, 0],
  ['a body that must be empty, of a 204', false, NO_BODY, 'GET', 204, 0],
  ['a body that must be empty, on a 304', false, { ...NO_BODY, status: 304 }, 'GET', 200, 0],
])('%s is read: %p', (_what, isRead, decision, method, status, exactLength) => {
  expect(needsBodyReader(decision, { method, status }, exactLength)).toBe(isRead)
})
