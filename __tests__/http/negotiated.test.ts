import { describeNegotiated } from '../../lib/http/negotiated.js'
import type { Representation } from '../../lib/http/representation.js'

const SCRIPT: Representation = {
  size: 1000,
  offset: 0,
  readTo: Number.POSITIVE_INFINITY,
  type: 'text/javascript; charset=utf-8',
  etag: '"v1"',
  lastModified: 0,
  etagIsUnreliable: false,
  dateIsUnreliable: false,
}

test('an encoded body has an entity tag of its own, and a Vary', () => {
  expect(describeNegotiated(SCRIPT, 'br', () => undefined)).toEqual({
    ...SCRIPT,
    etag: '"v1-br"',
    negotiated: { coding: 'br', vary: 'Accept-Encoding' },
  })
})

test('a body that is not encoded keeps its entity tag, and has a Vary too', () => {
  const vary = (name: string) => (name === 'Vary' ? 'Origin' : undefined)
  expect(describeNegotiated(SCRIPT, undefined, vary)).toEqual({
    ...SCRIPT,
    negotiated: { coding: undefined, vary: 'Origin, Accept-Encoding' },
  })
})

test.each([
  ['W/"v1"', 'zstd', 'W/"v1-zstd"'],
  ['""', 'gzip', '"-gzip"'],
  [undefined, 'gzip', undefined],
] as const)('the entity tag %s in %s becomes %s', (etag, coding, expected) => {
  expect(describeNegotiated({ ...SCRIPT, etag }, coding, () => undefined).etag).toBe(expected)
})
