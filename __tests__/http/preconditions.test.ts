import fc from 'fast-check'
import { evaluatePreconditions, ifRangeMatches } from '../../lib/http/preconditions.js'
import type { Representation, RequestFields } from '../../lib/http/representation.js'

const NOW = Date.UTC(2024, 5, 1)
const BEFORE = 'Sat, 06 Jan 2024 00:00:00 GMT'
const MODIFIED = 'Sun, 07 Jan 2024 00:00:00 GMT'
const AFTER = 'Mon, 08 Jan 2024 00:00:00 GMT'

const STRONG: Representation = {
  size: 10,
  offset: 0,
  readTo: Number.POSITIVE_INFINITY,
  type: 'text/plain',
  etag: '"v1"',
  lastModified: Date.parse(MODIFIED),
  etagIsUnreliable: false,
  dateIsUnreliable: false,
}
const WEAK: Representation = { ...STRONG, etag: 'W/"v1"' }
const RECENT: Representation = { ...WEAK, etagIsUnreliable: true, dateIsUnreliable: true }
const NEGOTIATED: Representation = {
  ...STRONG,
  negotiated: { coding: undefined, vary: 'Accept-Encoding' },
}
const BARE: Representation = { ...STRONG, etag: undefined, lastModified: undefined }

type Conditions = Omit<RequestFields, 'method'>

function verdict(conditions: Conditions, representation = STRONG): string {
  return evaluatePreconditions({ method: 'GET', ...conditions }, representation, NOW)
}

test('without preconditions the request proceeds', () => {
  expect(verdict({})).toBe('proceed')
})

describe('If-Match, by strong comparison', () => {
  test.each([
    ['"v1"', STRONG, 'proceed'],
    ['"v0", "v1"', STRONG, 'proceed'],
    ['*', STRONG, 'proceed'],
    ['*', BARE, 'proceed'],
    ['"v0"', STRONG, 'failed'],
    ['W/"v1"', STRONG, 'failed'],
    ['"v1"', WEAK, 'failed'],
    ['W/"v1"', WEAK, 'failed'],
    ['v1', STRONG, 'failed'],
    ['', STRONG, 'failed'],
    ['"v1"', BARE, 'failed'],
  ])('%j', (ifMatch, representation, expected) => {
    expect(verdict({ ifMatch }, representation)).toBe(expected)
  })
})

describe('If-Unmodified-Since', () => {
  test.each([
    [AFTER, STRONG, 'proceed'],
    [MODIFIED, STRONG, 'proceed'],
    [BEFORE, STRONG, 'failed'],
    ['Sunday, 07-Jan-24 00:00:00 GMT', STRONG, 'proceed'],
    ['not a date', STRONG, 'proceed'],
    [BEFORE, BARE, 'proceed'],
  ])('%j', (ifUnmodifiedSince, representation, expected) => {
    expect(verdict({ ifUnmodifiedSince }, representation)).toBe(expected)
  })
})

describe('If-None-Match, by weak comparison', () => {
  test.each([
    ['"v1"', STRONG, 'not-modified'],
    ['W/"v1"', STRONG, 'not-modified'],
    ['"v1"', WEAK, 'not-modified'],
    ['W/"v1"', WEAK, 'not-modified'],
    ['"v0", W/"v1"', STRONG, 'not-modified'],
    ['*', STRONG, 'not-modified'],
    [' * ', BARE, 'not-modified'],
    ['"v0"', STRONG, 'proceed'],
    ['v1', STRONG, 'proceed'],
    ['"V1"', STRONG, 'proceed'],
    ['"v1', STRONG, 'proceed'],
    ['"v1"', BARE, 'proceed'],
    ['W/"v1"', RECENT, 'proceed'],
  ])('%j', (ifNoneMatch, representation, expected) => {
    expect(verdict({ ifNoneMatch }, representation)).toBe(expected)
  })
})

describe('If-Modified-Since', () => {
  test.each([
    [MODIFIED, STRONG, 'not-modified'],
    [AFTER, STRONG, 'not-modified'],
    ['Sun Jan  7 00:00:00 2024', STRONG, 'not-modified'],
    [BEFORE, STRONG, 'proceed'],
    ['not a date', STRONG, 'proceed'],
    ['2025-01-01', STRONG, 'proceed'],
    [AFTER, BARE, 'proceed'],
    [AFTER, RECENT, 'proceed'],
  ])('%j', (ifModifiedSince, representation, expected) => {
    expect(verdict({ ifModifiedSince }, representation)).toBe(expected)
  })
})

describe('the order of RFC 9110, section 13.2.2', () => {
  test.each<[string, Conditions, string]>([
    [
      'If-Unmodified-Since does not count beside If-Match',
      { ifMatch: '"v1"', ifUnmodifiedSince: BEFORE },
      'proceed',
    ],
    [
      'If-Modified-Since does not count beside If-None-Match',
      { ifNoneMatch: '"v0"', ifModifiedSince: AFTER },
      'proceed',
    ],
    ['a failed If-Match comes first', { ifMatch: '"v0"', ifNoneMatch: '"v1"' }, 'failed'],
    [
      'If-None-Match is asked after If-Match',
      { ifMatch: '"v1"', ifNoneMatch: '"v1"' },
      'not-modified',
    ],
    [
      'If-None-Match is asked after If-Unmodified-Since',
      { ifUnmodifiedSince: AFTER, ifNoneMatch: '"v1"' },
      'not-modified',
    ],
    [
      'If-Modified-Since is asked after If-Match',
      { ifMatch: '*', ifModifiedSince: AFTER },
      'not-modified',
    ],
    [
      'a failed If-Unmodified-Since comes first',
      { ifUnmodifiedSince: BEFORE, ifNoneMatch: '"v1"' },
      'failed',
    ],
  ])('%s', (_rule, conditions, expected) => {
    expect(verdict(conditions)).toBe(expected)
  })
})

describe('If-Range', () => {
  test.each([
    [undefined, STRONG, true],
    ['"v1"', STRONG, true],
    ['"v0"', STRONG, false],
    ['W/"v1"', STRONG, false],
    ['"v1"', WEAK, false],
    ['W/"v1"', WEAK, false],
    ['"v1", "v0"', STRONG, false],
    ['"v1"', BARE, false],
    ['*', STRONG, false],
    ['v1', STRONG, false],
    ['', STRONG, false],
    [MODIFIED, STRONG, true],
    ['Sunday, 07-Jan-24 00:00:00 GMT', STRONG, true],
    [AFTER, STRONG, false],
    [BEFORE, STRONG, false],
    [MODIFIED, RECENT, false],
    [MODIFIED, BARE, false],
    ['"v1"', NEGOTIATED, true],
    [MODIFIED, NEGOTIATED, false],
  ])('%j', (field, representation, holds) => {
    expect(ifRangeMatches(field, representation, NOW)).toBe(holds)
  })
})

describe('for arbitrary fields', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom('"v1"', '"', 'W/', ',', ' ', '*', 'v1', MODIFIED, BEFORE, AFTER, 'GMT'),
      )
      .map((parts) => parts.join('')),
  )
  const field = fc.option(text, { nil: undefined })
  const conditions = fc.record({
    ifMatch: field,
    ifNoneMatch: field,
    ifModifiedSince: field,
    ifUnmodifiedSince: field,
  })
  const representation = fc.constantFrom(STRONG, WEAK, RECENT, BARE)

  test('the verdict is deterministic, and nothing is thrown', () => {
    fc.assert(
      fc.property(conditions, representation, (fields, of) => {
        const first = verdict(fields, of)
        expect(['proceed', 'not-modified', 'failed']).toContain(first)
        expect(verdict(fields, of)).toBe(first)
      }),
    )
  })

  test('a recently modified file is never "not modified", except for an asterisk', () => {
    fc.assert(
      fc.property(conditions, (fields) => {
        if (fields.ifNoneMatch?.trim() === '*') return
        expect(verdict(fields, RECENT)).not.toBe('not-modified')
      }),
    )
  })

  test('only If-Match and If-Unmodified-Since fail a request', () => {
    fc.assert(
      fc.property(conditions, representation, ({ ifNoneMatch, ifModifiedSince }, of) => {
        expect(verdict({ ifNoneMatch, ifModifiedSince }, of)).not.toBe('failed')
      }),
    )
  })

  test('If-Range matches only the strong entity tag or the exact date', () => {
    fc.assert(
      fc.property(text, representation, (ifRange, of) => {
        if (ifRangeMatches(ifRange, of, NOW)) expect(['"v1"', MODIFIED]).toContain(ifRange)
      }),
    )
  })

  // In quadratic time this would take minutes, and the test does not wait so long.
  test.each(['"', 'W/"', '"a",', ' ', 'GMT', 'Sun, '])(
    '256 KiB of %j are judged in linear time',
    (unit) => {
      const hostile = unit.repeat((256 * 1024) / unit.length)
      const everywhere = { ifMatch: hostile, ifUnmodifiedSince: hostile, ifRange: hostile }
      expect(verdict(everywhere)).toBe('failed')
      expect(verdict({ ifNoneMatch: hostile, ifModifiedSince: hostile })).toBe('proceed')
      expect(ifRangeMatches(hostile, STRONG, NOW)).toBe(false)
    },
  )
})
