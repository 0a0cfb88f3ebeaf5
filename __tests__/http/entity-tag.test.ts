import fc from 'fast-check'
import {
  isEntityTag,
  isWeak,
  someEntityTag,
  strongMatch,
  weakMatch,
} from '../../lib/http/entity-tag.js'

test.each([
  ['"1"', '"1"', true, true],
  ['W/"1"', 'W/"1"', false, true],
  ['W/"1"', '"1"', false, true],
  ['"1"', 'W/"1"', false, true],
  ['W/"1"', 'W/"2"', false, false],
  ['"1"', '"2"', false, false],
  ['""', '""', true, true],
])('%s and %s: strong %s, weak %s (RFC 9110, section 8.8.3.2)', (a, b, strong, weak) => {
  expect(strongMatch(a, b)).toBe(strong)
  expect(weakMatch(a, b)).toBe(weak)
})

test.each(['"a"', 'W/"a"', '""', '"a,b"', '"\u00e4"', '"!#~"'])('%s is an entity tag', (text) => {
  expect(isEntityTag(text)).toBe(true)
})

test.each(['', 'a', '"', 'W/', 'w/"a"', '"a', 'a"', '"a"b"', '"a b"', '"a\r\n"', '"a"\n', '"€"'])(
  '%j is no tag',
  (text) => {
    expect(isEntityTag(text)).toBe(false)
  },
)

test('an entity tag with W/ is weak', () => {
  expect([isWeak('W/"a"'), isWeak('"W/a"')]).toEqual([true, false])
})

function tagsOf(field: string): string[] {
  const tags: string[] = []
  someEntityTag(field, (tag) => {
    tags.push(tag)
    return false
  })
  return tags
}

describe('a list of entity tags', () => {
  test.each([
    ['"a"', ['"a"']],
    ['"a", "b"', ['"a"', '"b"']],
    ['"a",W/"b","c"', ['"a"', 'W/"b"', '"c"']],
    [' , ,\t"a" ,, "b",', ['"a"', '"b"']],
    ['"a,b", "c"', ['"a,b"', '"c"']],
    ['""', ['""']],
    ['', []],
    ['a', []],
    ['"a', []],
    ['W/', []],
    ['"a", b, "c"', ['"a"']],
    ['"a", *', ['"a"']],
  ])('%j contains %j', (field, tags) => {
    expect(tagsOf(field)).toEqual(tags)
  })

  test('is read up to the first match', () => {
    const seen: string[] = []
    const found = someEntityTag('"a", "b", "c"', (tag) => seen.push(tag) === 2)
    expect([found, seen]).toEqual([true, ['"a"', '"b"']])
  })

  test('contains exactly the entity tags that it is made of', () => {
    const tag = fc
      .tuple(fc.boolean(), fc.string({ unit: fc.constantFrom('a', ',', ' ', 'W', '/', '*') }))
      .map(([weak, text]) => `${weak ? 'W/' : ''}"${text}"`)
    const separator = fc.constantFrom(',', ', ', ' ,', ' , ,\t')
    fc.assert(
      fc.property(fc.array(tag), separator, (tags, comma) => {
        expect(tagsOf(tags.join(comma))).toEqual(tags)
      }),
    )
  })

  test('never throws, and reads every character of the field once', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', 'W', '/', ',', ' ', 'a') }), (field) => {
        const tags = tagsOf(field)
        expect(tags.join('').length).toBeLessThanOrEqual(field.length)
      }),
    )
  })

  // A megabyte would take hours in quadratic time, and the test does not wait so long.
  test.each(['"', 'W/"', '"a",', 'W/"a" ', ', ', ' ', 'W/'])(
    'a megabyte of %j is read in linear time',
    (unit) => {
      expect(someEntityTag(unit.repeat(1024 * 1024), () => false)).toBe(false)
    },
  )
})
