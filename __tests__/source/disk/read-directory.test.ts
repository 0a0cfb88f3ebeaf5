import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DiskSource } from '../../../lib/source/disk/disk-source.js'
import {
  type DirectoryEntry,
  entryDetails,
  isDirectory,
  readDirectory,
} from '../../../lib/source/disk/read-directory.js'
import { directoryOf, openDescriptors, removeDirectories } from '../../support/files.js'
import { testOnLinux } from '../../support/on-linux.js'

afterAll(removeDirectories)

const all = () => true

async function detailsOf(disk: DiskSource, directory: string, entries: DirectoryEntry[]) {
  const details = []
  for await (const batch of entryDetails(disk, directory, entries)) details.push(...batch)
  return details
}

test('files and directories, those that are wanted', async () => {
  const root = directoryOf({ 'a/one.txt': '1', 'a/two/b': '', 'a/three': '' })
  const entries = await readDirectory(
    new DiskSource(root, 'inside'),
    'a',
    (name) => name !== 'three',
  )
  expect(entries).toHaveLength(2)
  expect(entries).toContainEqual({ name: 'one.txt', kind: 'file' })
  expect(entries).toContainEqual({ name: 'two', kind: 'directory' })
})

testOnLinux(
  'the policy of the source decides on symlinks, and no descriptor stays open',
  async () => {
    const outside = directoryOf({ file: 'outside' })
    const root = directoryOf({ 'a/file': '' })
    symlinkSync('file', join(root, 'a/inside'))
    symlinkSync(join(outside, 'file'), join(root, 'a/outside'))
    const before = openDescriptors()
    const namesWith = async (symlinks: 'inside' | 'follow' | 'deny') => {
      const entries = await readDirectory(new DiskSource(root, symlinks), 'a', all)
      return entries.map(({ name }) => name).sort()
    }
    expect(await namesWith('inside')).toEqual(['file', 'inside'])
    expect(await namesWith('follow')).toEqual(['file', 'inside', 'outside'])
    expect(await namesWith('deny')).toEqual(['file'])
    expect(openDescriptors()).toBe(before)
  },
)

test('details come in the order of the entries, without those that have disappeared', async () => {
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, number) => [`${number}`, 'x']))
  const root = directoryOf(files)
  const disk = new DiskSource(root, 'inside')
  const entries = (await readDirectory(disk, '', all)).reverse()
  rmSync(join(root, '50'))
  const details = await detailsOf(disk, '', entries)
  expect(details.map(({ name }) => name)).toEqual(
    entries.map(({ name }) => name).filter((name) => name !== '50'),
  )
  expect(details[0]).toMatchObject({ size: 1, mtimeMs: Date.UTC(2024, 1, 29, 12, 34, 56, 789) })
})

test('whether a path is a directory', async () => {
  const root = directoryOf({ file: '' })
  expect(await isDirectory(root)).toBe(true)
  expect(await isDirectory(join(root, 'file'))).toBe(false)
  expect(await isDirectory(join(root, 'none'))).toBe(false)
})

test('a directory that was replaced by a symlink out of the root has no entries', async () => {
  const base = directoryOf({ 'www/a.txt': '', 'outside/secret.txt': '' })
  symlinkSync('../outside', join(base, 'www/sub'))
  expect(
    await readDirectory(new DiskSource(join(base, 'www'), 'inside'), 'sub', () => true),
  ).toEqual([])
})
