import type { Decision } from '../../lib/http/decision.js'
import { sendEmptyResponse, sendHeaders } from '../../lib/response/response-headers.js'
import { detachedResponse } from '../support/detached-response.js'

const decision = (properties: Partial<Decision> = {}): Decision => ({
  status: 200,
  headers: [],
  remove: [],
  segments: [],
  ...properties,
})

test('headers are removed, set and sent, in this order', () => {
  const res = detachedResponse()
  res.setHeader('ETag', '"1"')
  sendHeaders(res, decision({ status: 206, headers: [['A', 'b']], remove: ['ETag'] }))
  expect([res.statusCode, { ...res.getHeaders() }, res.headersSent]).toEqual([
    206,
    { a: 'b' },
    true,
  ])
})

test.each([
  ['chunked where Node would chunk', {}, 'chunked'],
  ['removed where the body has a length', { headers: [['Content-Length', '5']] }, undefined],
  ['removed where there is no body', { status: 304 }, undefined],
] as const)('a Transfer-Encoding of the application is %s', (_what, properties, field) => {
  const res = detachedResponse()
  res.setHeader('Transfer-Encoding', 'gzip')
  sendHeaders(
    res,
    decision({ ...(properties as Partial<Decision>), remove: ['Transfer-Encoding'] }),
  )
  expect(res.getHeader('Transfer-Encoding')).toBe(field)
})

describe('a body that must not be transformed', () => {
  const verbatim = decision({ noTransform: true })

  test('has no header for it where write is the one of Node', () => {
    const res = detachedResponse()
    sendHeaders(res, verbatim)
    expect(res.getHeader('Cache-Control')).toBeUndefined()
  })

  test.each([
    [undefined, 'no-transform'],
    ['public', 'public, no-transform'],
    ['public, No-Transform', 'public, No-Transform'],
  ])('has it behind a middleware, next to %p', (before, after) => {
    const res = detachedResponse()
    res.write = () => true
    if (before !== undefined) res.setHeader('Cache-Control', before)
    sendHeaders(res, verbatim)
    expect(res.getHeader('Cache-Control')).toBe(after)
  })

  test('has it whatever was decided, if that is asked for', () => {
    const res = detachedResponse()
    res.write = () => true
    sendHeaders(res, decision(), true)
    expect(res.getHeader('Cache-Control')).toBe('no-transform')
  })
})

test('an empty response has a length, and neither coding nor trailers', () => {
  const res = detachedResponse()
  res.setHeader('Transfer-Encoding', 'chunked')
  res.setHeader('Trailer', 'Repr-Digest')
  sendEmptyResponse(res, 405, [['Allow', 'GET']])
  expect([res.statusCode, { ...res.getHeaders() }, res.writableEnded]).toEqual([
    405,
    { allow: 'GET', 'content-length': '0' },
    true,
  ])
})
