import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { NextCall } from '../../lib/response/next-call.js'
import type { Outcome } from '../../lib/response/outcome.js'
import { respondWithRedirect, respondWithStatus } from '../../lib/response/respond-with-status.js'
import { ResponseEvents } from '../../lib/response/response-events.js'
import { detachedResponse } from '../support/detached-response.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

type Respond = (
  res: ServerResponse,
  events: ResponseEvents | undefined,
) => Promise<NextCall | undefined>

const respond: Respond = (res, events) => respondWithStatus(res, 405, [['Allow', 'GET']], events)
const redirect: Respond = (res, events) => respondWithRedirect(res, '/a/', events)

/** The events of a response, and the outcomes that they report. */
function observed(res: ServerResponse) {
  const outcomes: Outcome[] = []
  return { events: new ResponseEvents(res.req, res, (outcome) => outcomes.push(outcome)), outcomes }
}

describe.each([
  ['observed', true],
  ['not observed', false],
])('a response that is %s', (_what, isObserved) => {
  const eventsOf = (res: ServerResponse) => (isObserved ? observed(res).events : undefined)

  function exchange(respondWith: Respond, method = 'GET') {
    return withServer(
      (_req, res) => void respondWith(res, eventsOf(res)),
      ({ port }) => request(port, '/', { method }),
    )
  }

  test.each(['GET', 'HEAD'])('to %s has the status, the headers and no body', async (method) => {
    const response = await exchange(respond, method)
    expect(response).toMatchObject({ status: 405, complete: true, chunks: undefined })
    expect(response.headers).toMatchObject({ allow: 'GET', 'content-length': '0' })
    expect(response.body).toHaveLength(0)
  })

  test('that redirects has the location', async () => {
    const response = await exchange(redirect)
    expect(response).toMatchObject({ status: 301, complete: true })
    expect(response.headers).toMatchObject({ location: '/a/', 'content-length': '0' })
  })

  test('and whose headers cannot be sent goes to next, as it was before', async () => {
    const res = detachedResponse()
    res.setHeader('Location', 'before')
    res.writeHead = () => {
      throw new Error('a middleware')
    }
    const call = await redirect(res, eventsOf(res))
    expect(call?.error).toMatchObject({ status: 500, cause: { message: 'a middleware' } })
    expect([res.statusCode, { ...res.getHeaders() }]).toEqual([200, { location: 'before' }])
  })

  test('and whose client has disconnected does not', async () => {
    const res = detachedResponse()
    res.destroy()
    expect(await redirect(res, eventsOf(res))).toBeUndefined()
  })
})

test('an observed response reports its start before it is sent, and its end', async () => {
  const res = detachedResponse()
  const startedAfterHeaders: boolean[] = []
  const onStart = () => startedAfterHeaders.push(res.headersSent)
  subscribe('express-stream-files:start', onStart)
  const { events, outcomes } = observed(res)
  await respond(res, events)
  unsubscribe('express-stream-files:start', onStart)
  expect(startedAfterHeaders).toEqual([false])
  expect(outcomes).toEqual([
    { status: 405, bytesSent: 0, completed: true, aborted: false, durationMs: expect.any(Number) },
  ])
})

test.each<[what: string, prepare: (res: ServerResponse) => void, expected: object]>([
  [
    'a client that has disconnected is reported as aborted',
    (res) => res.destroy(),
    { completed: false, aborted: true, bytesSent: 0 },
  ],
  [
    'a response that was sent already is reported as failed',
    (res) => res.flushHeaders(),
    { completed: false, aborted: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } },
  ],
])('%s', async (_what, prepare, expected) => {
  const res = detachedResponse()
  prepare(res)
  const { events, outcomes } = observed(res)
  await respond(res, events)
  expect(outcomes).toMatchObject([expected])
})
