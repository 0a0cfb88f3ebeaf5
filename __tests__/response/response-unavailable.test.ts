import type { ServerResponse } from 'node:http'
import { responseUnavailable } from '../../lib/response/response-unavailable.js'
import { detachedResponse } from '../support/detached-response.js'

test('a response to which nothing was sent is available', () => {
  expect(responseUnavailable(detachedResponse())).toBeUndefined()
})

test('a client that has disconnected is no failure', () => {
  const res = detachedResponse()
  res.destroy()
  expect(responseUnavailable(res)).toMatchObject({ aborted: true, headersSent: false })
})

test.each([
  ['whose headers were sent', (res: ServerResponse) => res.flushHeaders()],
  ['that has ended', (res: ServerResponse) => res.end()],
])('a response %s is a failure', (_what, act) => {
  const res = detachedResponse()
  act(res)
  expect(responseUnavailable(res)).toMatchObject({
    aborted: false,
    error: { status: 500, code: 'ERR_HTTP_HEADERS_SENT' },
  })
})
