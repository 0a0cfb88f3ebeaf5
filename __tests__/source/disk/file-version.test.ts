import { hasVersion, versionOf } from '../../../lib/source/disk/file-version.js'

const version = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 5n }

test('a stat result of the same file and times is of the same version', () => {
  expect(hasVersion({ ...version }, version)).toBe(true)
})

test.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)(
  'another %s is another version',
  (field) => {
    expect(hasVersion({ ...version, [field]: 9n }, version)).toBe(false)
  },
)

test('the version of a stat result is nothing but the version', () => {
  const stats = { ...version, atimeNs: 6n, isFile: () => true }
  expect(versionOf(stats)).toEqual(version)
})
