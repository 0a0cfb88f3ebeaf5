import fc from 'fast-check'
import { parseRange } from '../../lib/http/byte-ranges.js'

const LAST_BYTE_PAST_4_GIB = 5 * 1024 ** 3 - 1

describe('a Range field for 10 bytes', () => {
  test.each([
    ['bytes=0-0', [{ start: 0, end: 0 }]],
    ['bytes=0-9', [{ start: 0, end: 9 }]],
    ['bytes=2-5', [{ start: 2, end: 5 }]],
    ['bytes=9-9', [{ start: 9, end: 9 }]],
    ['bytes=9-', [{ start: 9, end: 9 }]],
    ['bytes=0-', [{ start: 0, end: 9 }]],
    ['bytes=4-400', [{ start: 4, end: 9 }]],
    ['bytes=-1', [{ start: 9, end: 9 }]],
    ['bytes=-10', [{ start: 0, end: 9 }]],
    ['bytes=-11', [{ start: 0, end: 9 }]],
    ['BYTES=0-1', [{ start: 0, end: 1 }]],
    ['bytes=000000000000000000000002-0005', [{ start: 2, end: 5 }]],
  ])('%s requests %j', (field, ranges) => {
    expect(parseRange(field, 10)).toEqual(ranges)
  })

  test.each([
    ['several apart, in their order', 'bytes=8-9,0-1', [8, 9, 0, 1]],
    ['white space and empty elements', 'bytes= 0-1 ,\t, 4-5,,', [0, 1, 4, 5]],
    ['an unsatisfiable one among others', 'bytes=0-1,50-60,4-5', [0, 1, 4, 5]],
    ['an empty suffix among others', 'bytes=0-1,-0', [0, 1]],
    ['ranges that overlap', 'bytes=0-4,3-6', [0, 6]],
    ['ranges that touch', 'bytes=0-4,5-6', [0, 6]],
    ['the same range twice', 'bytes=1-2,1-2', [1, 2]],
    ['one within another', 'bytes=0-8,2-3', [0, 8]],
    ['a suffix that overlaps', 'bytes=5-7,-4', [5, 9]],
    ['merged ones in the place of the first', 'bytes=7-8,0-1,9-9,3-4', [7, 9, 0, 1, 3, 4]],
    [
      '… though another of them comes first in the file',
      'bytes=8-9,4-4,6-7,0-1',
      [6, 9, 4, 4, 0, 1],
    ],
    ['one that joins two others', 'bytes=0-2,6-8,3-5', [0, 8]],
  ])('%s: %s', (_what, field, ends) => {
    const read = parseRange(field, 10)
    expect(Array.isArray(read) && read.flatMap(({ start, end }) => [start, end])).toEqual(ends)
  })

  test.each(['bytes=10-10', 'bytes=10-', 'bytes=-0', 'bytes=10-,20-30,-0'])(
    '%s asks for nothing that exists',
    (field) => {
      expect(parseRange(field, 10)).toBe('unsatisfiable')
    },
  )

  test.each([
    '',
    'bytes',
    'bytes=',
    'bytes= , ,',
    'bytes=-',
    'bytes=5-2',
    'bytes=0-1,5-2',
    'bytes=0-1,x',
    'bytes=a-b',
    'bytes=0-1-2',
    'bytes=+1-2',
    'bytes=1.0-2',
    'bytes=0x0-1',
    'bytes=1e0-2',
    'bytes=0 - 1',
    'bytes=\u00a00-1',
    'bytes=\u0661-2',
    'bytes:0-1',
    'bytes =0-1',
    ' bytes=0-1',
    'items=0-1',
    'none',
    '0-1',
  ])('%j is invalid and ignored', (field) => {
    expect(parseRange(field, 10)).toBe('ignored')
  })
})

test('an empty file has no satisfiable range, except a suffix, which is ignored', () => {
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
  expect(parseRange('bytes=-0', 0)).toBe('unsatisfiable')
  expect(parseRange('bytes=-1', 0)).toBe('ignored')
})

test('a position with too many digits is past the end', () => {
  const huge = '9'.repeat(400)
  expect(parseRange(`bytes=0-${huge}`, 10)).toEqual([{ start: 0, end: 9 }])
  expect(parseRange(`bytes=-${huge}`, 10)).toEqual([{ start: 0, end: 9 }])
  expect(parseRange(`bytes=${huge}-`, 10)).toBe('unsatisfiable')
  expect(parseRange(`bytes=${huge}-${huge}`, 10)).toBe('unsatisfiable')
})

test('positions past 4 GiB are exact', () => {
  const size = LAST_BYTE_PAST_4_GIB + 1
  expect(parseRange('bytes=4294967295-4294967297', size)).toEqual([
    { start: 4294967295, end: 4294967297 },
  ])
  expect(parseRange('bytes=-1', size)).toEqual([
    { start: LAST_BYTE_PAST_4_GIB, end: LAST_BYTE_PAST_4_GIB },
  ])
})

test('a hundred parts are served, and one more is not', () => {
  const fieldOf = (parts: number) =>
    `bytes=${Array.from({ length: parts }, (_, part) => `${part * 2}-${part * 2}`).join(',')}`
  expect(parseRange(fieldOf(100), 1000)).toHaveLength(100)
  expect(parseRange(fieldOf(101), 1000)).toBe('ignored')
})

test('thousands of ranges that coalesce are one', () => {
  const field = `bytes=${Array.from({ length: 3000 }, (_, part) => `${part}-${part}`).join(',')}`
  expect(parseRange(field, 5000)).toEqual([{ start: 0, end: 2999 }])
})

// In quadratic time this would take minutes, and the test does not wait so long.
test.each([
  ['many small ranges', '0-0,'],
  ['many empty elements', ', '],
  ['many spaces', ' '],
  ['many digits', '1'],
  ['many dashes', '-'],
  ['many ranges that grow', '0-,'],
])('a field of 256 KiB is parsed in linear time: %s', (_what, unit) => {
  const filler = unit.repeat((256 * 1024) / unit.length)
  for (const field of [`bytes=${filler}`, `bytes=${filler}0-1`, `bytes=0-1,${filler}x`]) {
    expect(['ignored', 'unsatisfiable', 'object']).toContain(kindOf(parseRange(field, 10)))
  }
})

function kindOf(verdict: ReturnType<typeof parseRange>): string {
  return typeof verdict === 'string' ? verdict : 'object'
}

const digits = fc.oneof(
  fc.nat({ max: 40 }).map(String),
  fc.constant(''),
  fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
)
const spec = fc.tuple(digits, digits).map(([first, last]) => `${first}-${last}`)
const likelyField = fc
  .array(fc.oneof({ weight: 9, arbitrary: spec }, fc.string()), { maxLength: 12 })
  .map((specs) => `bytes=${specs.join(',')}`)
const anyField = fc.oneof({ weight: 4, arbitrary: likelyField }, fc.string({ unit: 'binary' }))
const anySize = fc.oneof(fc.nat({ max: 40 }), fc.maxSafeNat())

describe('for arbitrary Range fields', () => {
  const ranges = fc.tuple(anyField, anySize).map(([field, size]) => {
    const read = parseRange(field, size)
    return { size, parts: Array.isArray(read) ? read : [] }
  })

  test('the ranges are integers inside the file, and start before they end', () => {
    fc.assert(
      fc.property(ranges, ({ size, parts }) => {
        for (const { start, end } of parts) {
          expect(Number.isSafeInteger(start) && Number.isSafeInteger(end)).toBe(true)
          expect(start).toBeGreaterThanOrEqual(0)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThan(size)
        }
      }),
    )
  })

  test('together they are no longer than the file, and no two overlap or touch', () => {
    fc.assert(
      fc.property(ranges, ({ size, parts }) => {
        const bytes = parts.reduce((sum, { start, end }) => sum + end - start + 1, 0)
        expect(bytes).toBeLessThanOrEqual(size)
        const sorted = parts.slice().sort((a, b) => a.start - b.start)
        for (const [place, part] of sorted.entries()) {
          const before = sorted[place - 1]
          if (before !== undefined) expect(part.start).toBeGreaterThan(before.end + 1)
        }
      }),
    )
  })

  test('they contain exactly the bytes of the satisfiable ranges', () => {
    const small = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 })), { minLength: 1 })
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 25 }), (pairs, size) => {
        const wanted = pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
        const read = parseRange(`bytes=${wanted.map((ends) => ends.join('-')).join(',')}`, size)
        const named = new Set<number>()
        for (const [start, end] of wanted) {
          for (let byte = start; byte <= Math.min(end, size - 1); byte++) named.add(byte)
        }
        const given = new Set<number>()
        for (const { start, end } of Array.isArray(read) ? read : []) {
          for (let byte = start; byte <= end; byte++) given.add(byte)
        }
        expect(given).toEqual(named)
      }),
    )
  })

  test('every field that is parsed matches the grammar of RFC 9110', () => {
    fc.assert(
      fc.property(anyField, anySize, (field, size) => {
        const meansSomething = parseRange(field, size) !== 'ignored'
        if (meansSomething) expect(field).toMatch(/^bytes=[\d\-, \t]*$/i)
      }),
    )
  })
})
