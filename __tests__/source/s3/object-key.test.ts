import { isObjectKey } from '../../../lib/source/s3/object-key.js'

test.each([
  'a',
  'a/b.txt',
  '/a',
  'a//b',
  'a/',
  '.well-known/x',
  'a/..b',
  'ä b+c%d?#.txt',
  'é'.repeat(512),
  'a\u{1F600}b',
])('%j is a key', (key) => {
  expect(isObjectKey(key)).toBe(true)
})

test.each(['', '.', '..', '../a', 'a/../b', 'a/..', './a', 'a\0b', 'a\ud800b', 'é'.repeat(513)])(
  '%j is no key',
  (key) => {
    expect(isObjectKey(key)).toBe(false)
  },
)
