import {
  type FileMetadata,
  fileEtag,
  isRecentlyModified,
  lastModified,
  modifiedAt,
} from '../../lib/http/validators.js'

const MODIFIED = Date.UTC(2024, 0, 7, 0, 0, 0, 250)
const MODIFIED_NS = BigInt(MODIFIED) * 1_000_000n
const LATER = MODIFIED + 60_000

function fileOf(facts: Partial<FileMetadata> = {}): FileMetadata {
  return { size: 255, mtimeNs: MODIFIED_NS, ctimeNs: MODIFIED_NS, ...facts }
}

test('a file is recently modified until two seconds after its mtime', () => {
  expect(isRecentlyModified(fileOf(), MODIFIED)).toBe(true)
  expect(isRecentlyModified(fileOf(), MODIFIED + 1999)).toBe(true)
  expect(isRecentlyModified(fileOf(), MODIFIED + 2000)).toBe(false)
})

test('an mtime slightly in the future is recent, one far in the future is not', () => {
  expect(isRecentlyModified(fileOf(), MODIFIED - 1999)).toBe(true)
  expect(isRecentlyModified(fileOf(), MODIFIED - 2000)).toBe(false)
})

test('modifiedAt is in milliseconds', () => {
  expect(modifiedAt(fileOf())).toBe(MODIFIED)
})

describe('the entity tag of a file', () => {
  test('is strong, and stays the same', () => {
    expect(fileEtag(fileOf(), LATER)).toMatch(/^"ff-[0-9a-f]+"$/)
    expect(fileEtag(fileOf(), LATER)).toBe(fileEtag(fileOf(), LATER + 1e9))
  })

  test('differs for mtimes a nanosecond apart', () => {
    const next = fileOf({ mtimeNs: MODIFIED_NS + 1n })
    expect(fileEtag(next, LATER)).not.toBe(fileEtag(fileOf(), LATER))
  })

  test('differs for sizes a byte apart', () => {
    expect(fileEtag(fileOf({ size: 256 }), LATER)).not.toBe(fileEtag(fileOf(), LATER))
  })

  test('does not change with the ctime', () => {
    const renamed = fileOf({ ctimeNs: MODIFIED_NS + 5n })
    expect(fileEtag(renamed, LATER)).toBe(fileEtag(fileOf(), LATER))
  })

  test('differs by ctime if the mtime is the epoch', () => {
    const first = fileOf({ mtimeNs: 1_000_000_000n, ctimeNs: 5n })
    const second = fileOf({ mtimeNs: 1_000_000_000n, ctimeNs: 6n })
    expect(fileEtag(first, LATER)).not.toBe(fileEtag(second, LATER))
  })

  test('is weak while the file is recently modified, and changes later', () => {
    const recent = fileEtag(fileOf(), MODIFIED + 1)
    expect(recent).toMatch(/^W\/"/)
    expect(recent).not.toBe(`W/${fileEtag(fileOf(), LATER)}`)
  })

  test('is undefined if the size is unknown', () => {
    expect(fileEtag({ ...fileOf(), size: undefined }, LATER)).toBeUndefined()
  })
})

describe('Last-Modified', () => {
  test.each<[string, bigint, number, number | undefined]>([
    ['is in whole seconds', BigInt(MODIFIED) * 1_000_000n, LATER, MODIFIED - 250],
    ['is not sent for the epoch', 0n, LATER, undefined],
    ['is not sent for a second after it, as archives have it', 1_000_000_000n, LATER, undefined],
    ['is not sent for a time before it', -5_000_000_000n, LATER, undefined],
    ['is not sent for a time to come', BigInt(LATER) * 1_000_000n, MODIFIED, undefined],
    [
      'is sent within the second of the change',
      BigInt(MODIFIED) * 1_000_000n,
      MODIFIED,
      MODIFIED - 250,
    ],
  ])('%s', (_rule, mtimeNs, now, expected) => {
    expect(lastModified(fileOf({ mtimeNs }), now)).toBe(expected)
  })
})
