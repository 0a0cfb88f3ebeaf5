import { finalHandler, passError, requestOf } from '../../lib/response/next-function.js'
import { detachedResponse } from '../support/detached-response.js'

afterEach(() => jest.restoreAllMocks())

const failure = (properties: object) => Object.assign(new Error('foo'), properties)

test.each([
  ['without an error', undefined, 404],
  ['with a system error', failure({ code: 'EACCES' }), 403],
  ['with a status', failure({ status: 418 }), 500],
  ['with a status that is no error', failure({ status: 200 }), 500],
])('the final handler sends a bare status %s', (_what, error, status) => {
  const res = detachedResponse()
  finalHandler(res)(error)
  expect([res.statusCode, res.getHeader('Content-Length'), res.writableEnded]).toEqual([
    status,
    '0',
    true,
  ])
})

test('the final handler aborts a response whose headers were sent', () => {
  const res = detachedResponse()
  res.write('a')
  finalHandler(res)(failure({}))
  expect(res.destroyed).toBe(true)
})

test('the final handler sends nothing to a client that has disconnected', () => {
  const res = detachedResponse()
  res.destroy()
  const writeHead = jest.spyOn(res, 'writeHead')
  finalHandler(res)(failure({}))
  expect(writeHead).not.toHaveBeenCalled()
})

test('headers of earlier middleware that cannot be sent are removed', () => {
  const res = detachedResponse()
  jest.spyOn(res, 'writeHead').mockImplementationOnce(() => {
    throw new Error('foo')
  })
  res.setHeader('A', 'b')
  finalHandler(res)(undefined)
  expect([res.statusCode, res.getHeader('A')]).toEqual([404, undefined])
})

/** A response of Express, as far as `next` is concerned. */
function expressResponse(next: unknown) {
  const res = detachedResponse()
  Object.assign(res.req, { next })
  return res
}

test('an error is passed to the next of Express', () => {
  const next = jest.fn()
  const error = failure({})
  passError(expressResponse(next), error)
  expect(next.mock.calls).toEqual([[error]])
})

test('a next that throws is warned of, and the error is sent', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const res = expressResponse(() => {
    throw new Error('bar')
  })
  passError(res, failure({ code: 'ENOENT' }))
  expect(warn.mock.calls).toEqual([['next failed: Error: bar']])
  expect(res.statusCode).toBe(404)
})

test.each([undefined, 'next', 7])(
  'a next that is %p is not called, and the error is sent',
  (next) => {
    const res = expressResponse(next)
    passError(res, failure({ code: 'ENOENT' }))
    expect(res.statusCode).toBe(404)
  },
)

test('the request of a response is its own, or a plain GET where it has none', () => {
  const res = detachedResponse()
  expect(requestOf(res)).toBe(res.req)
  const { req: _req, ...withoutRequest } = { ...res, req: undefined }
  expect(requestOf(withoutRequest as never)).toEqual({ method: 'GET', headers: {}, rawHeaders: [] })
})
