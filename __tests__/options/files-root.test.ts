import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { diskSource, firstOf, memorySource, type Source } from '../../lib/index.js'
import {
  type FilesRoot,
  filesOfRoots,
  isSource,
  offloadedDirectory,
  sourceOfRoot,
} from '../../lib/options/files-root.js'
import type { StreamFilesOptions } from '../../lib/options/option-types.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import type { FileSource } from '../../lib/source/source.js'
import { setClockAhead } from '../support/clock.js'
import { directoryOf, removeDirectories } from '../support/files.js'

const base = directoryOf({
  'www/a.txt': 'from disk',
  'www/a.txt.gz': 'gzip',
  'www/b.txt': 'second',
  'outside.txt': 'outside',
})
const root = join(base, 'www')
const memory = memorySource({ 'a.txt': 'from memory!' })
const custom: Source = { open: () => ({ size: 1, chunks: () => ['x'].map(Buffer.from) }) }

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** Callers without TypeScript pass what they have. */
function filesOf(roots: unknown, options?: StreamFilesOptions | null): FileSource {
  return filesOfRoots(roots as FilesRoot, options, resolveStreamFilesOptions(options))
}

/** The size of a file, which tells whose it is; or what else is at the name. */
async function sizeAt(files: FileSource, name: string): Promise<unknown> {
  const request = { signal: new AbortController().signal, method: 'GET' }
  const result = await files.open(name, request, ['gzip'])
  if (result.kind !== 'file') return result.kind
  result.file.close()
  return result.file.size
}

test.each<[what: string, roots: unknown, size: unknown]>([
  ['a path', root, 9],
  ['a file: URL', pathToFileURL(root), 9],
  ['a source', memory, 12],
  ['an array of one', [root], 9],
  ['an array, whose first element goes first', [memory, root], 12],
])('the root may be %s', async (_what, roots, size) => {
  expect(await sizeAt(filesOf(roots), 'a.txt')).toBe(size)
})

test('a file that the first of several roots does not have comes from the next', async () => {
  expect(await sizeAt(filesOf([memory, root]), 'b.txt')).toBe(6)
})

test.each<[roots: unknown, value: string]>([
  ['', '""'],
  ['a\0b', '"a\0b"'],
  [new URL('https://example.com/'), 'an object'],
  [undefined, 'undefined'],
  [{}, 'an object'],
  [[root, 5], '5'],
  [[[root]], 'an array'],
])('the root may not be %j', (roots, value) => {
  const message = `streamFiles: root must be the path or file: URL of a directory, a source, or an array of these, not ${value}`
  expect(() => filesOf(roots)).toThrow(new TypeError(message))
})

test('an array of roots may not be empty', () => {
  expect(() => filesOf([])).toThrow(new TypeError('streamFiles: root must not be an empty array'))
})

test('the symlink policy is that of the option', async () => {
  if (process.platform === 'win32') return
  symlinkSync('../outside.txt', join(root, 'link.txt'))
  expect(await sizeAt(filesOf(root), 'link.txt')).toBe('missing')
  expect(await sizeAt(filesOf(root, { symlinks: 'follow' }), 'link.txt')).toBe(7)
})

test('a name that is excluded is missing', async () => {
  const files = filesOf(root, { exclude: /^a/ })
  expect([await sizeAt(files, 'a.txt'), await sizeAt(files, 'b.txt')]).toEqual(['missing', 6])
})

test('a compressed sibling is opened only with the option', async () => {
  expect(await sizeAt(filesOf(root, { precompressed: true }), 'a.txt')).toBe(4)
  expect(await sizeAt(filesOf(root), 'a.txt')).toBe(9)
})

test.each([
  [undefined, true],
  [false, false],
] as const)('with cache: %p an opened file is cached: %p', async (cache, cached) => {
  setClockAhead()
  const files = filesOf(root, { cache })
  await sizeAt(files, 'a.txt')
  expect(files.isCached?.('a.txt') ?? false).toBe(cached)
})

describe('an option that has no effect', () => {
  test.each<[what: string, roots: unknown]>([
    ['memory', memory],
    ['diskSource, which has its own policy', diskSource(root)],
    ['several sources', [memory, diskSource(root)]],
  ])('"symlinks" is refused for %s', (_what, roots) => {
    expect(() => filesOf(roots, { symlinks: 'deny' })).toThrow(
      new TypeError(
        'streamFiles: option "symlinks" is for a root that is a path; a source has a policy of its own',
      ),
    )
    expect(() => filesOf(roots, { symlinks: null })).not.toThrow()
  })

  test.each<[what: string, roots: unknown]>([
    ['memory', memory],
    ['a source of the application', custom],
    ['several of them', [memory, custom]],
    ['firstOf of such sources', firstOf(memory, custom)],
  ])('"cache" is refused for %s', (_what, roots) => {
    expect(() => filesOf(roots, { cache: {} })).toThrow(
      new TypeError('streamFiles: option "cache" is for files of the disk'),
    )
    expect(() => filesOf(roots, { cache: false })).not.toThrow()
  })

  test.each<[what: string, roots: unknown]>([
    ['a path', root],
    ['diskSource', diskSource(root)],
    ['firstOf with a path', firstOf(memory, firstOf(root))],
    ['a source and a path', [memory, root]],
  ])('"cache" is accepted for %s', (_what, roots) => {
    expect(() => filesOf(roots, { cache: {} })).not.toThrow()
  })

  test.each<[what: string, roots: unknown]>([
    ['memory', memory],
    ['firstOf of such sources', [firstOf(memory, memory)]],
  ])('"sendfile" is refused for %s, unless it is "auto"', (_what, roots) => {
    expect(() => filesOf(roots, { sendfile: true })).toThrow(
      new TypeError(
        'streamFiles: option "sendfile" is for files of the disk, which this source does not have; "auto" is accepted',
      ),
    )
    expect(() => filesOf(roots, { sendfile: 'auto' })).not.toThrow()
    expect(() => filesOf(roots)).not.toThrow()
  })

  test('"symlinks" is accepted if one of several roots is a path', () => {
    expect(() => filesOf([memory, root], { symlinks: 'deny' })).not.toThrow()
  })
})

describe('the directory of an offload', () => {
  test.each([
    ['a path', root],
    ['a file: URL', pathToFileURL(root)],
  ])('is the path of %s', (_what, one) => {
    expect(offloadedDirectory(one)).toBe(root)
  })

  test.each<[what: string, roots: FilesRoot | readonly FilesRoot[]]>([
    ['a source', memory],
    ['an array', [root]],
  ])('is not of %s', (_what, roots) => {
    expect(() => offloadedDirectory(roots)).toThrow(
      new TypeError('streamFiles: option "offload" is for a root that is one path'),
    )
  })
})

test('a source is itself, and a message names its caller', () => {
  expect(sourceOfRoot('firstOf', custom, 'inside')).toBe(custom)
  const message =
    'firstOf: a source must be the path or file: URL of a directory, or a source, not 5'
  expect(() => sourceOfRoot('firstOf', 5 as never, 'inside')).toThrow(new TypeError(message))
})

test.each<[what: string, value: unknown, expected: boolean]>([
  ['an object with open', custom, true],
  ['an object that inherits open', Object.create({ open() {} }), true],
  ['an object whose open is no function', { open: 'yes' }, false],
  ['a function with open', Object.assign(() => {}, { open() {} }), false],
  ['a path', root, false],
  ['null', null, false],
  ['undefined', undefined, false],
])('%s is a source: %p', (_what, value, expected) => {
  expect(isSource(value)).toBe(expected)
})
