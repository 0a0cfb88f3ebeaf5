import { once } from 'node:events'
import type { Http2ServerResponse } from 'node:http2'
import {
  eventStreamInit,
  jsonStreamInit,
  middlewareResponseInit,
  responseInit,
} from '../../lib/options/response-init.js'
import { resolveStreamEventsOptions } from '../../lib/options/stream-events-options.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import { resolveStreamJsonOptions } from '../../lib/options/stream-json-options.js'
import { resolveStreamResponseOptions } from '../../lib/options/stream-response-options.js'
import { detachedResponse } from '../support/detached-response.js'
import { openStream, withHttp2Client } from '../support/http2.js'

const headersOf = ({ headers }: { headers?: ReadonlyMap<string, unknown> | undefined }) =>
  Object.fromEntries(headers ?? [])

test('nothing waits for a response of the middleware that is not observed', () => {
  expect(middlewareResponseInit(resolveStreamFilesOptions({}))).toEqual({
    observed: {},
    unobserved: { fireAndForget: true },
  })
})

test('a stall timeout is for observed and unobserved responses', () => {
  const { observed, unobserved } = middlewareResponseInit(
    resolveStreamFilesOptions({ stallTimeout: 500 }),
  )
  expect([observed, unobserved]).toEqual(
    Array.from({ length: 2 }, () => ({ transfer: { stallTimeout: 500 } })),
  )
})

const initOf = (options: object, name?: string) =>
  responseInit(resolveStreamResponseOptions(options, 'path'), name)

test.each([
  [{ type: 'csv' }, undefined, { 'Content-Type': 'text/csv; charset=utf-8' }],
  [{ download: true }, 'a.csv', { 'Content-Disposition': 'attachment; filename=a.csv' }],
  [{ download: '' }, 'a.csv', { 'Content-Disposition': 'attachment; filename=a.csv' }],
  [{ download: true }, undefined, { 'Content-Disposition': 'attachment' }],
  [{ download: 'b.csv' }, 'a.csv', { 'Content-Disposition': 'attachment; filename=b.csv' }],
  [
    { headers: { A: 'b' }, type: 'html' },
    'a',
    { A: 'b', 'Content-Type': 'text/html; charset=utf-8' },
  ],
  [{ headers: { A: 'b' } }, 'a', { A: 'b' }],
])('%j of a body named %p has the headers %j', (options, name, headers) => {
  expect(headersOf(initOf(options, name))).toEqual(headers)
})

test('a signal aborts a response, and ends a followed body instead', () => {
  const { signal } = new AbortController()
  expect(initOf({ signal }).transfer?.signal).toBe(signal)
  expect(initOf({ signal, follow: true }).transfer?.signal).toBeUndefined()
})

describe.each([
  [
    'events',
    (res: ReturnType<typeof detachedResponse>, options: object) =>
      eventStreamInit(res, resolveStreamEventsOptions(options)),
    {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    },
  ],
  [
    'JSON',
    (res: ReturnType<typeof detachedResponse>, options: object) =>
      jsonStreamInit(res, resolveStreamJsonOptions('call', options), 'application/jsonl'),
    { 'Content-Type': 'application/jsonl', 'X-Accel-Buffering': 'no' },
  ],
] as const)('a stream of %s', (_what, init, defaults) => {
  test('has its default headers', () => {
    expect(headersOf(init(detachedResponse(), {}))).toEqual(defaults)
  })

  test.each(Object.keys(defaults))('keeps the %s of earlier middleware', (name) => {
    const res = detachedResponse()
    res.setHeader(name, 'x')
    expect(headersOf(init(res, {}))).not.toHaveProperty([name])
  })

  test('has the headers of its options instead', () => {
    const headers = { 'Content-Type': 'text/x' }
    expect(headersOf(init(detachedResponse(), { headers }))).toMatchObject(headers)
  })
})

describe('a stream of events that begins after its signal fired', () => {
  const settings = resolveStreamEventsOptions({ signal: AbortSignal.abort() })

  test('ends its connection, unless earlier middleware decides otherwise', () => {
    expect(headersOf(eventStreamInit(detachedResponse(), settings)).Connection).toBe('close')
    const res = detachedResponse()
    res.setHeader('Connection', 'keep-alive')
    expect(headersOf(eventStreamInit(res, settings))).not.toHaveProperty('Connection')
  })

  test('has no such header over HTTP/2, which forbids it', async () => {
    const headers: unknown[] = []
    const listener = (_req: unknown, res: Http2ServerResponse) => {
      headers.push(headersOf(eventStreamInit(res, settings)))
      res.end()
    }
    await withHttp2Client(listener, async ({ session }) => {
      await once(openStream(session, '/').resume(), 'close')
    })
    expect(headers).toEqual([expect.not.objectContaining({ Connection: 'close' })])
  })
})
