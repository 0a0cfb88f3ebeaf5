import { fileRules } from '../../lib/options/file-rules.js'
import { resolveOptions } from '../../lib/options/option-rules.js'

const resolve = (options: object) => resolveOptions('stream', fileRules, options)
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

test.each([
  [0, 0],
  [1500, 1500],
  ['1d', 86_400_000],
  ['90', 90],
  [-5, 0],
  ['-1d', 0],
  [Number.POSITIVE_INFINITY, YEAR_MS],
  ['2y', YEAR_MS],
])('maxAge %p is %d ms', (maxAge, ms) => {
  expect(resolve({ maxAge }).maxAge).toBe(ms)
})

test.each([Number.NaN, '', 'soon', 'x'.repeat(101), true, {}])(
  'maxAge %p is a TypeError',
  (maxAge) => {
    expect(() => resolve({ maxAge })).toThrow('stream: option "maxAge" must be')
  },
)

test.each([
  ['index.htm', ['index.htm']],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [['a', ''], ['a']],
  ['', []],
  [false, []],
])('index %p tries %p', (index, names) => {
  expect(resolve({ index }).index).toEqual(names)
  expect(resolve({ extensions: index }).extensions).toEqual(names)
})

test.each([true, 1, ['a', 1]])('index %p is a TypeError', (index) => {
  expect(() => resolve({ index })).toThrow('stream: option "index" must be')
})

test.each([true, false, 'auto'])('contentLength %p is accepted', (contentLength) => {
  expect(resolve({ contentLength }).contentLength).toBe(contentLength)
})

test.each([
  ['contentLength', 5],
  ['etag', 'strong'],
  ['chunkSize', 0],
  ['chunkSize', 2 ** 30 + 1],
  ['symlinks', 'outside'],
  ['transform', {}],
  ['setHeaders', {}],
])('%s as %p is a TypeError', (name, value) => {
  expect(() => resolve({ [name]: value })).toThrow(`stream: option "${name}" must be`)
})

test.each([true, false, () => 'tag'])('etag %p is accepted', (etag) => {
  expect(resolve({ etag }).etag).toBe(etag)
})
