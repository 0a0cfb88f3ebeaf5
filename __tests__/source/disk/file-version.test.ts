import { hasVersion, isSettled, versionOf } from '../../../lib/source/disk/file-version.js'

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

describe('two seconds after the last change', () => {
  const now = new Date('2024-05-01T12:00:00Z')
  const ago = (ms: number) => BigInt(now.getTime() - ms) * 1_000_000n

  beforeEach(() => {
    jest.useFakeTimers({ now })
  })

  afterEach(() => {
    jest.useRealTimers()
  })

  test.each([
    [2001, 2001, true],
    [2000, 2001, false],
    [2001, 2000, false],
    [0, 5000, false],
    [5000, 0, false],
  ])('an mtime %i ms and a ctime %i ms ago: settled %p', (mtime, ctime, settled) => {
    expect(isSettled({ ...version, mtimeNs: ago(mtime), ctimeNs: ago(ctime) })).toBe(settled)
  })
})
