import type { Representation } from '../../lib/http/representation.js'
import {
  responseHeaderGetter,
  responseRepresentation,
} from '../../lib/response/response-representation.js'
import { detachedResponse } from '../support/detached-response.js'

const TEXT: Representation = {
  size: 100,
  offset: 0,
  readTo: Number.POSITIVE_INFINITY,
  type: 'text/plain; charset=utf-8',
  etag: '"1"',
  lastModified: undefined,
  etagIsUnreliable: false,
  dateIsUnreliable: false,
}

/** A response behind a middleware that may compress, as `compression()` does. */
function compressible() {
  const res = detachedResponse()
  res.write = () => true
  return res
}

test("it is sent as it is by Node's own write", () => {
  expect(responseRepresentation(detachedResponse(), TEXT, true, undefined)).toBe(TEXT)
})

test('a middleware that replaced write may compress it', () => {
  const { reencoding } = responseRepresentation(compressible(), TEXT, true, {})
  expect(reencoding).toBe('possible')
})

test('a digest forbids that', () => {
  const transfer = { digest: 'sha-256' } as const
  expect(responseRepresentation(compressible(), TEXT, true, transfer)).toBe(TEXT)
})

test('headers that are set on the response are taken into account', () => {
  const res = compressible()
  res.setHeader('Cache-Control', 'no-transform')
  expect(responseRepresentation(res, TEXT, true, undefined).reencoding).not.toBe('possible')
})

test.each([
  ['x', 'x'],
  [5, '5'],
  [['a', 'b'], 'a,b'],
  [undefined, undefined],
])('a header that was set to %p is read as %p', (value, text) => {
  const res = detachedResponse()
  if (value !== undefined) res.setHeader('X-Own', value)
  expect(responseHeaderGetter(res)('x-own')).toBe(text)
})
