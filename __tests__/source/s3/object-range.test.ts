import { parseContentRange, plainRange, rangeField } from '../../../lib/source/s3/object-range.js'

test.each([
  ['bytes=0-0', 'bytes=0-0'],
  ['bytes=5-', 'bytes=5-'],
  ['bytes=-5', 'bytes=-5'],
  ['BYTES=0-9', 'bytes=0-9'],
  ['bytes= 0-9\t', 'bytes=0-9'],
])('a store is asked for %j as %j', (field, asked) => {
  expect(plainRange(field)).toBe(asked)
})

test.each([
  'bytes=-0',
  'bytes=-000',
  'bytes=9-3',
  'bytes=0-0,5-6',
  'bytes=',
  'bytes=-',
  'bytes=0 - 5',
  'bytes=a-b',
  'bytes=0-1000000000000000',
  'bytes=1000000000000000-',
  'bytes=-1000000000000000',
  'items=0-5',
  '',
])('a store is not asked for %j', (field) => {
  expect(plainRange(field)).toBeUndefined()
})

test.each([
  [{ start: 0, end: 9 }, 10, undefined],
  [{ start: 0, end: Number.POSITIVE_INFINITY }, undefined, undefined],
  [{ start: 0, end: 8 }, 10, 'bytes=0-8'],
  [{ start: 1, end: 9 }, 10, 'bytes=1-9'],
  [{ start: 5, end: Number.POSITIVE_INFINITY }, undefined, 'bytes=5-'],
])('the bytes %j of an object of %p bytes are got with the field %p', (range, size, field) => {
  expect(rangeField(range, size)).toBe(field)
})

test.each([
  ['bytes 0-4/10', { start: 0, end: 4, size: 10 }],
  ['bytes 9-9/10', { start: 9, end: 9, size: 10 }],
  ['bytes 0-10/10', undefined],
  ['bytes 5-4/10', undefined],
  ['bytes */10', undefined],
  ['bytes 0-4/*', undefined],
  ['items 0-4/10', undefined],
  ['', undefined],
])('the Content-Range %j is %j', (field, parsed) => {
  expect(parseContentRange(field)).toEqual(parsed)
})
