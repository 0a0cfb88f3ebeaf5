import fc from 'fast-check'
import { rows } from '../../bench/encodings/rows.js'
import { acceptedCodings } from '../../lib/http/accept-encoding.js'
import { CONTENT_CODINGS, type ContentCoding } from '../../lib/http/content-coding.js'

function accepted(field: string | undefined, codings = CONTENT_CODINGS): string {
  return acceptedCodings(codings)(field).join(' ')
}

test.each([
  ['gzip, deflate, br, zstd', 'br zstd gzip'],
  ['gzip;q=0.9, br;q=0.5, zstd', 'zstd gzip br'],
  ['gzip, *;q=0.5', 'gzip br zstd'],
  ['identity;q=0.5, br, gzip;q=0.4', 'br'],
  ['identity, *', 'br zstd gzip'],
  ['br;q=0, *', 'zstd gzip'],
  ['x-gzip', 'gzip'],
  ['gzip;level=9;q=0.5, br;q=0.4', 'gzip br'],
  ['gzip;q=0;q=1', ''],
])('%j accepts %j, the best first', (field, expected) => {
  expect(accepted(field)).toBe(expected)
})

test.each(rows.filter(({ file }) => file === 'all.js'))(
  '$acceptEncoding prefers $expected of all codings',
  ({ acceptEncoding, expected }) => {
    expect(acceptedCodings(CONTENT_CODINGS)(acceptEncoding)[0] ?? 'identity').toBe(expected)
  },
)

test.each<[readonly ContentCoding[], string]>([
  [['gzip', 'br'], 'gzip br'],
  [['zstd'], 'zstd'],
  [[], ''],
])('the order of the server %j decides between equal weights', (codings, expected) => {
  expect(accepted('br, zstd, gzip', codings)).toBe(expected)
})

test('no field accepts a coding that it does not name, and never one that it refuses', () => {
  const coding = fc.constantFrom('br', 'zstd', 'gzip', 'deflate', 'identity', 'BR', 'xbr', 'gzip2')
  const weight = fc.constantFrom('', ';q=1', ';q=0.5', ';q=0', '; Q=0.000', ';q=x')
  const member = fc.tuple(coding, weight)
  fc.assert(
    fc.property(fc.array(member), (members) => {
      const field = members.map((parts) => parts.join('')).join(', ')
      for (const chosen of acceptedCodings(CONTENT_CODINGS)(field)) {
        const own = members.filter(([token]) => token.toLowerCase() === chosen)
        expect(own.length).toBeGreaterThan(0)
        expect(own.every(([, text]) => ['', ';q=1', ';q=0.5'].includes(text))).toBe(true)
      }
    }),
  )
})

test('any text is read, and only codings that the server has are returned', () => {
  fc.assert(
    fc.property(fc.string(), (field) => {
      expect(CONTENT_CODINGS).toEqual(
        expect.arrayContaining([...acceptedCodings(CONTENT_CODINGS)(field)]),
      )
    }),
  )
})
