import { type BigIntStats, closeSync, fstatSync, openSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { pathOfOpenedFile, pathOfSameFile, realPath } from '../../../lib/source/disk/opened-path.js'
import { failCalls } from '../../support/failing-calls.js'
import { directoryOf, removeDirectories } from '../../support/files.js'
import { testOnLinux } from '../../support/on-linux.js'

const descriptors: number[] = []

afterEach(() => {
  jest.restoreAllMocks()
  descriptors.splice(0).forEach(closeSync)
})
afterAll(removeDirectories)

function opened(path: string): { descriptor: number; stats: BigIntStats } {
  const descriptor = openSync(path, 'r')
  descriptors.push(descriptor)
  return { descriptor, stats: fstatSync(descriptor, { bigint: true }) }
}

test('the path of a file that was opened through a symlink is its real path', async () => {
  const directory = directoryOf({ 'real.txt': 'a' })
  const link = join(directory, 'link.txt')
  symlinkSync('real.txt', link)
  const { descriptor, stats } = opened(link)
  expect(await pathOfOpenedFile(descriptor, link, stats)).toBe(join(directory, 'real.txt'))
  expect(await pathOfSameFile(link, stats)).toBe(join(directory, 'real.txt'))
})

testOnLinux('the path of a file that was deleted or replaced since is not marked', async () => {
  const directory = directoryOf({ 'real.txt': 'a', 'new.txt': 'b', 'named (deleted)': 'c' })
  symlinkSync('real.txt', join(directory, 'link.txt'))
  const { descriptor, stats } = opened(join(directory, 'link.txt'))
  renameSync(join(directory, 'new.txt'), join(directory, 'real.txt'))
  const link = join(directory, 'link.txt')
  expect(await pathOfOpenedFile(descriptor, link, stats)).toBe(join(directory, 'real.txt'))
  const named = join(directory, 'named (deleted)')
  const other = opened(named)
  expect(await pathOfOpenedFile(other.descriptor, named, other.stats)).toBe(named)
})

test('without the help of the system, a path that leads to another file by now has no path', async () => {
  const directory = directoryOf({ 'a.txt': 'a', 'b.txt': 'b' })
  const path = join(directory, 'a.txt')
  const { stats } = opened(path)
  renameSync(join(directory, 'b.txt'), path)
  expect(await pathOfSameFile(path, stats)).toBeUndefined()
})

test('a path that does not exist by now has no path', async () => {
  const directory = directoryOf({ 'a.txt': 'a' })
  const { stats } = opened(join(directory, 'a.txt'))
  expect(await pathOfSameFile(join(directory, 'missing.txt'), stats)).toBeUndefined()
  expect(await realPath(join(directory, 'missing.txt'))).toBeUndefined()
})

test('a directory without a descriptor is found by its path', async () => {
  const directory = directoryOf({ 'inner/a.txt': 'a' })
  const { stats } = opened(join(directory, 'inner'))
  expect(await pathOfOpenedFile(undefined, join(directory, 'inner'), stats)).toBe(
    join(directory, 'inner'),
  )
})

test.each(['realpath', 'lstat'] as const)('a %s that fails is an error', async (call) => {
  const path = join(directoryOf({ 'a.txt': 'a' }), 'a.txt')
  const { stats } = opened(path)
  failCalls([call], 'EIO')
  await expect(pathOfSameFile(path, stats)).rejects.toMatchObject({ code: 'EIO' })
})
