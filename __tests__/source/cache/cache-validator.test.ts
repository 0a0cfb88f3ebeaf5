import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CacheValidator } from '../../../lib/source/cache/cache-validator.js'
import type { DiskFile } from '../../../lib/source/disk/disk-file.js'
import { DiskSource, type SymlinkPolicy } from '../../../lib/source/disk/disk-source.js'
import { failCalls } from '../../support/failing-calls.js'
import { age, directoryOf, removeDirectories } from '../../support/files.js'

const opened: DiskFile[] = []

afterEach(() => {
  jest.restoreAllMocks()
  for (const file of opened.splice(0)) file.close()
})
afterAll(removeDirectories)

async function validated(symlinks: SymlinkPolicy, name = 'a/b/c.txt') {
  const root = directoryOf({ 'a/b/c.txt': 'old', 'other/b/c.txt': 'old' })
  const disk = new DiskSource(root, symlinks)
  const result = await disk.open(name)
  if (result.kind !== 'file') throw new Error('There is no file')
  opened.push(result.file)
  const validator = new CacheValidator(disk)
  return { root, isFresh: () => validator.isFresh(name, result.file) }
}

const POLICIES: readonly SymlinkPolicy[] = ['inside', 'follow', 'deny']

test.each(POLICIES)('a file that did not change is fresh under %s', async (symlinks) => {
  const { isFresh } = await validated(symlinks)
  expect(await isFresh()).toBe(true)
})

const changes: [string, (root: string) => void][] = [
  ['is written', (root) => writeFileSync(join(root, 'a/b/c.txt'), 'new')],
  ['has another mtime', (root) => age(join(root, 'a/b/c.txt'), new Date(1e12))],
  ['is deleted', (root) => rmSync(join(root, 'a/b/c.txt'))],
  [
    'is replaced by its equal',
    (root) => renameSync(join(root, 'other/b/c.txt'), join(root, 'a/b/c.txt')),
  ],
  [
    'becomes a directory',
    (root) => {
      rmSync(join(root, 'a/b/c.txt'))
      renameSync(join(root, 'other'), join(root, 'a/b/c.txt'))
    },
  ],
]

describe.each(POLICIES)('under %s', (symlinks) => {
  test.each(changes)('a file that %s is not fresh', async (_how, change) => {
    const { root, isFresh } = await validated(symlinks)
    change(root)
    expect(await isFresh()).toBe(false)
  })
})

test.each(['inside', 'deny'] as const)(
  'a directory of the path that becomes a symlink to the same directory is not fresh under %s',
  async (symlinks) => {
    const { root, isFresh } = await validated(symlinks)
    renameSync(join(root, 'a'), join(root, 'moved'))
    symlinkSync('moved', join(root, 'a'))
    expect(await isFresh()).toBe(false)
  },
)

test('under follow a symlink to the same file is fresh', async () => {
  const { root, isFresh } = await validated('follow')
  renameSync(join(root, 'a'), join(root, 'moved'))
  symlinkSync('moved', join(root, 'a'))
  expect(await isFresh()).toBe(true)
})

test.each(POLICIES)('a file is not fresh under %s if the disk fails', async (symlinks) => {
  const { isFresh } = await validated(symlinks)
  failCalls(['stat', 'lstat'], 'EIO')
  expect(await isFresh()).toBe(false)
})

test('a name is absent only if the file system says so', async () => {
  const root = directoryOf({ 'a.txt': 'a' })
  const validator = new CacheValidator(new DiskSource(root, 'inside'))
  expect(await validator.isAbsent('a.txt')).toBe(false)
  expect(await validator.isAbsent('b.txt')).toBe(true)
  expect(await validator.isAbsent('a.txt/b.txt')).toBe(true)
  failCalls(['lstat'], 'EIO')
  expect(await validator.isAbsent('b.txt')).toBe(false)
})
