import { isUsableSibling, originalName, siblingName } from '../../lib/http/content-coding.js'

test.each([
  ['br', 'app.js.br'],
  ['zstd', 'app.js.zst'],
  ['gzip', 'app.js.gz'],
] as const)('the sibling of app.js in %s is %s', (coding, name) => {
  expect(siblingName('app.js', coding)).toBe(name)
})

test.each([
  ['app.js.br', 'app.js'],
  ['backup.tar.gz', 'backup.tar'],
  ['notes.txt.zst', 'notes.txt'],
  ['app.js', undefined],
  ['brgz', undefined],
  ['app.gz/index.html', undefined],
  ['app.GZ', undefined],
])('%s is the name of a sibling of %s', (name, expected) => {
  expect(originalName(name)).toBe(expected)
})

describe('a sibling can be used', () => {
  const SECOND = 1_700_000_000_000_000_000n
  const MODIFIED = SECOND + 500_000_000n
  const original = { size: 100, mtimeNs: MODIFIED, ctimeNs: MODIFIED }

  test.each([
    ['newer', MODIFIED + 1n, 0n, true],
    ['of the same time', MODIFIED, 0n, true],
    ['older', MODIFIED - 1n, MODIFIED + 1n, false],
    ['older by a second', MODIFIED - 1_000_000_000n, MODIFIED + 1n, false],
    ['of the same whole second, and made later', SECOND, MODIFIED + 1n, true],
    ['of the same whole second, and made before', SECOND, MODIFIED - 1n, false],
    ['of the whole second before', SECOND - 1_000_000_000n, MODIFIED + 1n, false],
  ])('if it is %s: %#', (_what, mtimeNs, ctimeNs, expected) => {
    expect(isUsableSibling({ size: 50, mtimeNs, ctimeNs }, original)).toBe(expected)
  })

  test.each([
    [0, false],
    [1, true],
    [1000, true],
    [undefined, true],
  ])('if its size is %s: %s', (size, expected) => {
    expect(isUsableSibling({ ...original, size }, original)).toBe(expected)
  })
})
