import { changeSince } from '../../../lib/source/disk/file-change.js'

test.each([
  ['the same size and mtime', { size: 5n, mtimeNs: 1n }, 'none'],
  ['a larger size', { size: 6n, mtimeNs: 1n }, 'grown'],
  ['a larger size and another mtime', { size: 6n, mtimeNs: 2n }, 'grown'],
  ['a smaller size', { size: 4n, mtimeNs: 1n }, 'rewritten'],
  ['another mtime', { size: 5n, mtimeNs: 2n }, 'rewritten'],
  ['an earlier mtime', { size: 5n, mtimeNs: 0n }, 'rewritten'],
] as const)('a file with %s is compared', (_what, now, change) => {
  expect(changeSince({ size: 5, mtimeNs: 1n }, now)).toBe(change)
})

test('a file of unknown size has the size 0 until it grows', () => {
  expect(changeSince({ size: undefined, mtimeNs: 1n }, { size: 0n, mtimeNs: 1n })).toBe('none')
  expect(changeSince({ size: undefined, mtimeNs: 1n }, { size: 1n, mtimeNs: 1n })).toBe('grown')
})
