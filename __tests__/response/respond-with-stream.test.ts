import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { StreamableBody } from '../../lib/body/classify-body.js'
import { IterableReader } from '../../lib/body/iterable-reader.js'
import {
  respondWithStream,
  type StreamBodySettings,
} from '../../lib/response/respond-with-stream.js'
import type { ResponseInit } from '../../lib/response/response-init.js'
import type { TransferResult } from '../../lib/response/transfer.js'
import { QueuedReader } from '../support/queued-reader.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

type Queue = ConstructorParameters<typeof QueuedReader>

interface Exchange {
  readonly body?: Partial<StreamableBody>
  readonly settings?: Partial<StreamBodySettings>
  readonly init?: ResponseInit
  readonly method?: string
  readonly headers?: readonly string[]
  readonly prepare?: (res: ServerResponse) => void
}

const SETTINGS: StreamBodySettings = {
  cacheControl: undefined,
  chunkSize: undefined,
  contentLength: false,
  exactLength: undefined,
}

const FAILURE = new Error('broken')
const item = (text: string): Queue[number] => [null, Buffer.from(text)]
const ITEMS: Queue = [item('one'), item('two')]

/** Ends after the turn of the event loop in which the text is flushed. */
async function* pausing(text: string) {
  yield text
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Responds with what is queued. What fails before its headers are sent is a 500 of the server. */
async function exchange(queue: Queue, given: Exchange = {}) {
  const { body, settings, init = {}, method = 'GET', headers = [], prepare } = given
  const reader = new QueuedReader(...queue)
  const abort = jest.fn()
  let end: TransferResult | undefined
  const response = await withServer(
    async (req, res) => {
      prepare?.(res)
      const stream = { open: () => reader, abort, ...body }
      end = await respondWithStream(req, res, stream, { ...SETTINGS, ...settings }, init)
      if (!res.headersSent) res.writeHead(500).end()
    },
    ({ port }) => request(port, '/', { method, headers }).catch((): Partial<RawResponse> => ({})),
  )
  return { response, end, reader, abort }
}

const textOf = ({ body }: Partial<RawResponse>) => String(body)

test('a deferred body that must be empty is not read for HEAD', async () => {
  const settings = { contentLength: true, exactLength: 0 }
  for (const [method, reads] of [
    ['HEAD', 0],
    ['GET', 1],
  ] as const) {
    const { response, reader } = await exchange([], { method, settings, body: { deferred: true } })
    expect(response.status).toBe(200)
    expect(reader.sizeHints).toHaveLength(reads)
  }
})

describe('a body', () => {
  test('is sent item by item, and closed once', async () => {
    const { response, end, reader, abort } = await exchange(ITEMS)
    expect(response).toMatchObject({ status: 200, complete: true, chunks: [3, 3] })
    expect(response.headers).toMatchObject({ 'content-type': 'application/octet-stream' })
    expect(textOf(response)).toBe('onetwo')
    expect(end).toMatchObject({ completed: true, bytesSent: 6 })
    expect(reader.closed).toBe(1)
    expect(abort).not.toHaveBeenCalled()
  })

  test('is regrouped into chunks of one size', async () => {
    const { response } = await exchange(ITEMS, { settings: { chunkSize: 4 } })
    expect(response.chunks).toEqual([4, 2])
  })

  test('has the type that it knows, and the cache policy of the settings', async () => {
    const { response } = await exchange(ITEMS, {
      body: { type: 'text/x-own' },
      settings: { cacheControl: 'public, max-age=1' },
    })
    expect(response.headers).toMatchObject({
      'content-type': 'text/x-own',
      'cache-control': 'public, max-age=1',
    })
  })

  test('has the status and the headers of its init', async () => {
    const headers = new Map([['Content-Type', 'text/x-own']])
    const { response } = await exchange(ITEMS, { init: { status: 201, headers } })
    expect(response).toMatchObject({ status: 201, headers: { 'content-type': 'text/x-own' } })
  })

  test.each([
    ['known', { body: { size: 6 }, settings: { contentLength: true } }],
    ['told by the application', { settings: { contentLength: true, exactLength: 6 } }],
  ])('whose length is %s has it', async (_what, given) => {
    const { response } = await exchange(ITEMS, given)
    expect(response).toMatchObject({ complete: true, headers: { 'content-length': '6' } })
    expect(textOf(response)).toBe('onetwo')
  })

  test.each([
    [undefined, 1],
    [2, 0],
  ])('with the chunk size %p is flushed at once: %i times', async (chunkSize, times) => {
    const flush = jest.fn()
    const prepare = (res: ServerResponse) => void Object.assign(res, { flush })
    const open = () => new IterableReader(pausing('one'))
    await exchange([], { body: { open }, settings: { chunkSize }, prepare })
    expect(flush).toHaveBeenCalledTimes(times)
  })

  test('keeps the headers that the application has set', async () => {
    const { response } = await exchange(ITEMS, {
      settings: { cacheControl: 'public, max-age=1' },
      prepare: (res) => res.setHeader('Cache-Control', 'private'),
    })
    expect(response.headers).toMatchObject({ 'cache-control': 'private' })
  })

  test('may be compressed even if it is a download, since it has no ranges', async () => {
    const { response } = await exchange(ITEMS, {
      body: { type: 'text/csv', size: 6 },
      prepare: (res) => {
        const { write } = res
        res.write = (...written: unknown[]) => Reflect.apply(write, res, written)
        res.setHeader('Content-Disposition', 'attachment')
      },
    })
    expect(response.status).toBe(200)
    expect(response.headers).not.toHaveProperty('cache-control')
  })

  test('has no ranges', async () => {
    const given = { body: { size: 6 }, headers: ['Range: bytes=0-1'] }
    const { response } = await exchange(ITEMS, given)
    expect(response.status).toBe(200)
    expect(response.headers).not.toHaveProperty('accept-ranges')
  })
})

describe('a body that fails', () => {
  test('at once can be a real error, without the headers of its init', async () => {
    const headers = new Map([['X-Own', 'yes']])
    const { response, end, reader, abort } = await exchange([[FAILURE]], { init: { headers } })
    expect(end).toMatchObject({ headersSent: false, error: FAILURE })
    expect(response.status).toBe(500)
    expect(response.headers).not.toHaveProperty('x-own')
    expect(reader.closed).toBe(1)
    expect(abort).toHaveBeenCalledTimes(1)
  })

  test('after its first item is aborted', async () => {
    const { response, end, reader, abort } = await exchange([item('one'), [FAILURE]])
    expect(end).toMatchObject({ headersSent: true, completed: false, error: FAILURE })
    expect(response.complete).not.toBe(true)
    expect(reader.closed).toBe(1)
    expect(abort).toHaveBeenCalledTimes(1)
  })

  test('because its headers cannot be set is closed', async () => {
    const headers = new Map([['X-Own', 'a\r\nb']])
    const { response, end, reader } = await exchange(ITEMS, { init: { headers } })
    expect([response.status, end?.headersSent]).toEqual([500, false])
    expect(reader.closed).toBe(1)
  })

  test.each([
    ['fewer', 7],
    ['more', 5],
    ['any', 0],
  ])('because it has %s bytes than the application told is not complete', async (_what, length) => {
    const settings = { contentLength: true, exactLength: length }
    const { response, end } = await exchange(ITEMS, { settings })
    expect(end?.error).toMatchObject({ code: 'ERR_CONTENT_LENGTH_MISMATCH' })
    expect(response.status === 200 && response.complete).toBe(false)
  })
})

describe('a response without a body', () => {
  test('to HEAD has read the first item, and no other', async () => {
    const { response, reader } = await exchange(ITEMS, { method: 'HEAD' })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(reader.sizeHints).toHaveLength(1)
    expect(reader.closed).toBe(1)
  })

  test('to HEAD fails where GET fails', async () => {
    const { response, end } = await exchange([[FAILURE]], { method: 'HEAD' })
    expect([response.status, end?.error]).toEqual([500, FAILURE])
  })

  test.each<[what: string, given: Exchange, status: number]>([
    ['to HEAD, if it is deferred', { method: 'HEAD', body: { deferred: true } }, 200],
    ['with the status 204', { init: { status: 204 } }, 204],
    ['to HEAD with the status 204', { method: 'HEAD', init: { status: 204 } }, 204],
    [
      'with the status 304',
      {
        headers: ['If-None-Match: "1"'],
        prepare: (res) => res.setHeader('ETag', '"1"'),
      },
      304,
    ],
    [
      'with the status 304 to HEAD',
      {
        method: 'HEAD',
        headers: ['If-None-Match: "1"'],
        prepare: (res) => res.setHeader('ETag', '"1"'),
      },
      304,
    ],
  ])('%s is closed and not read', async (_what, given, status) => {
    const { response, reader } = await exchange(ITEMS, given)
    expect(response).toMatchObject({ status, complete: true })
    expect(reader.sizeHints).toEqual([])
    expect(reader.closed).toBe(1)
  })

  test('to GET is read if it must be empty', async () => {
    const settings = { contentLength: true, exactLength: 0 }
    const { response, reader } = await exchange([], { settings })
    expect(response).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
    expect(reader.sizeHints).toHaveLength(1)
  })
})

describe('the digest of bytes in memory', () => {
  const bytes = Buffer.from('onetwo')
  const transfer = { digest: 'sha-256' } as const
  const field = `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
  const digested: Exchange = { body: { bytes, size: 6 }, init: { transfer } }

  test('is a header', async () => {
    const { response } = await exchange(ITEMS, digested)
    expect(response.headers).toMatchObject({ 'repr-digest': field })
    expect(response.trailers).toEqual({})
  })

  test('of other bodies is a trailer', async () => {
    const { response } = await exchange(ITEMS, { init: { transfer } })
    expect(response.headers).not.toHaveProperty('repr-digest')
    expect(response.trailers).toEqual({ 'repr-digest': field })
  })

  test('is not on a 304', async () => {
    const { response } = await exchange(ITEMS, {
      ...digested,
      headers: ['If-None-Match: "1"'],
      prepare: (res) => res.setHeader('ETag', '"1"'),
    })
    expect(response.status).toBe(304)
    expect(response.headers).not.toHaveProperty('repr-digest')
  })

  test('does not replace that of the application', async () => {
    const prepare = (res: ServerResponse) => res.setHeader('Repr-Digest', 'own')
    const { response } = await exchange(ITEMS, { ...digested, prepare })
    expect(response.headers).toMatchObject({ 'repr-digest': 'own' })
  })

  test('is not computed unless it is asked for', async () => {
    const { response } = await exchange(ITEMS, { body: { bytes, size: 6 } })
    expect(response.status).toBe(200)
    expect(response.headers).not.toHaveProperty('repr-digest')
  })
})
