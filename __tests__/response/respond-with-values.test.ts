import type { ServerResponse } from 'node:http'
import type { Outcome } from '../../lib/response/outcome.js'
import { respondWithValues } from '../../lib/response/respond-with-values.js'
import { detachedResponse } from '../support/detached-response.js'
import { QueuedReader } from '../support/queued-reader.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

/** Responds with two values, and a body that is observed. */
function respond(res: ServerResponse, headers?: ReadonlyMap<string, string>) {
  const reader = new QueuedReader([null, Buffer.from('{}\n')], [null, Buffer.from('[]\n')])
  const onOutcome = jest.fn()
  const report = { onOutcome, errors: 'next' }
  const body = { open: () => reader, size: 6 }
  return { outcome: respondWithValues(res, body, report, { headers }), reader, onOutcome }
}

test('values are sent as they come, without a length or a cache policy of their own', async () => {
  let outcome: Promise<Outcome> | undefined
  const response = await withServer(
    (_req, res) => {
      outcome = respond(res, new Map([['X-Own', 'yes']])).outcome
    },
    ({ port }) => request(port, '/'),
  )
  expect(response).toMatchObject({ status: 200, complete: true, chunks: [3, 3] })
  expect(response.headers).toMatchObject({ 'x-own': 'yes' })
  expect(response.headers).not.toHaveProperty('cache-control')
  expect(String(response.body)).toBe('{}\n[]\n')
  expect(await outcome).toMatchObject({ status: 200, bytesSent: 6, completed: true })
})

test('preconditions are those of the request', async () => {
  const response = await withServer(
    (_req, res) => {
      res.setHeader('ETag', '"1"')
      void respond(res).outcome
    },
    ({ port }) => request(port, '/', { headers: ['If-None-Match: "1"'] }),
  )
  expect(response.status).toBe(304)
})

test('the outcome is reported', async () => {
  const res = detachedResponse()
  const { outcome, onOutcome } = respond(res)
  expect(onOutcome.mock.calls).toEqual([[await outcome, res.req, res]])
})

test.each<[what: string, prepare: (res: ServerResponse) => void, expected: object]>([
  ['whose client has disconnected', (res) => res.destroy(), { aborted: true, bytesSent: 0 }],
  [
    'that was sent already',
    (res) => res.end('other'),
    { aborted: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } },
  ],
])('a response %s closes the body, and does not read it', async (_what, prepare, expected) => {
  const res = detachedResponse()
  prepare(res)
  const { outcome, reader } = respond(res)
  expect(await outcome).toMatchObject({ completed: false, ...expected })
  expect(reader).toMatchObject({ sizeHints: [], closed: 1 })
})
