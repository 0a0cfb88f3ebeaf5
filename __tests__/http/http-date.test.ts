import fc from 'fast-check'
import { formatHttpDate, parseHttpDate } from '../../lib/http/http-date.js'

const NOW = Date.UTC(2024, 1, 29, 12, 34, 56)
const EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('the three formats of RFC 9110, section 5.6.7', () => {
  test.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', EXAMPLE],
    ['Sunday, 06-Nov-94 08:49:37 GMT', EXAMPLE],
    ['Sun Nov  6 08:49:37 1994', EXAMPLE],
    ['Thu Feb 29 12:34:56 2024', NOW],
    ['Wednesday, 28-Feb-24 00:00:00 GMT', Date.UTC(2024, 1, 28)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
  ])('%s', (field, milliseconds) => {
    expect(parseHttpDate(field, NOW)).toBe(milliseconds)
  })
})

test.each([
  ['73', 2073],
  ['74', 2074],
  ['75', 1975],
  ['99', 1999],
  ['00', 2000],
])('in 2024 the two-digit year %s is %i', (digits, year) => {
  expect(parseHttpDate(`Sunday, 01-Jan-${digits} 00:00:00 GMT`, NOW)).toBe(Date.UTC(year, 0, 1))
})

test.each([
  '',
  '0',
  '1994-11-06T08:49:37Z',
  '1994-11-06',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Xyz, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Wed, 29 Feb 2023 08:49:37 GMT',
  'Sun, 06 Foo 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  ' Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
])('%j is not an HTTP-date', (field) => {
  expect(parseHttpDate(field, NOW)).toBeUndefined()
})

test('milliseconds are rounded down to a second', () => {
  expect(formatHttpDate(NOW + 999)).toBe('Thu, 29 Feb 2024 12:34:56 GMT')
})

test('every second of four-digit years is parsed as it was formatted', () => {
  const second = fc.integer({ min: Date.UTC(1000, 0, 1) / 1000, max: Date.UTC(9999, 0, 1) / 1000 })
  fc.assert(
    fc.property(second, (seconds) => {
      expect(parseHttpDate(formatHttpDate(seconds * 1000), NOW)).toBe(seconds * 1000)
    }),
  )
})

test('nothing makes it throw, and every result is a valid time', () => {
  const parts = fc.array(
    fc.oneof(
      fc.constantFrom('Sun', ', ', ' ', 'Nov', ' GMT', ':', '-', '06', '1994'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  )
  fc.assert(
    fc.property(parts, (texts) => {
      const read = parseHttpDate(texts.join(''), NOW)
      expect(read === undefined || Number.isSafeInteger(read)).toBe(true)
    }),
  )
})
