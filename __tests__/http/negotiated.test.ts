import { etagInCoding, negotiatedCoding } from '../../lib/http/negotiated.js'

test.each([
  ['br', undefined, 'Accept-Encoding'],
  ['br', 'Origin', 'Origin, Accept-Encoding'],
  [undefined, undefined, 'Accept-Encoding'],
  [undefined, 'accept-encoding', 'accept-encoding'],
] as const)('the coding %s beside Vary: %s has Vary: %s', (coding, field, vary) => {
  const getHeader = (name: string) => (name === 'Vary' ? field : undefined)
  expect(negotiatedCoding(coding, getHeader)).toEqual({ coding, vary })
})

test.each([
  ['"v1"', 'br', '"v1-br"'],
  ['W/"v1"', 'zstd', 'W/"v1-zstd"'],
  ['""', 'gzip', '"-gzip"'],
  ['v1', 'br', '"v1-br"'],
  ['"v1"', undefined, '"v1"'],
  [undefined, 'gzip', undefined],
] as const)('the entity tag %s in the coding %s is %s', (etag, coding, expected) => {
  expect(etagInCoding(etag, coding)).toBe(expected)
})
