import fs from 'node:fs'
import { directorySource } from '../../lib/source/directory-source.js'
import { DiskSource } from '../../lib/source/disk/disk-source.js'
import type { FileSource } from '../../lib/source/source.js'
import { setClockAhead } from '../support/clock.js'
import { directoryOf, removeDirectories } from '../support/files.js'

const LIMITS = { maxBytes: 64 * 1024, maxFileBytes: 10 }

const disk = new DiskSource(directoryOf({ 'a.txt': 'small', 'b.txt': 'not so small' }), 'inside')

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

async function sizesOf(files: FileSource, names: readonly string[]) {
  const results = await Promise.all(names.map((name) => files.open(name)))
  return results.map((result) => {
    if (result.kind !== 'file') return result.kind
    result.file.close()
    return result.file.size
  })
}

test.each([
  ['with a cache', LIMITS],
  ['without a cache', false],
] as const)('files that are opened at once %s share one descriptor', async (_what, cache) => {
  const open = jest.spyOn(fs, 'open')
  const files = directorySource(disk, cache)
  expect(await sizesOf(files, ['b.txt', 'b.txt', 'b.txt', 'c.txt'])).toEqual([
    12,
    12,
    12,
    'missing',
  ])
  expect(open).toHaveBeenCalledTimes(2)
})

test('a file within the limits is cached', async () => {
  const files = directorySource(disk, LIMITS)
  await sizesOf(files, ['a.txt', 'b.txt'])
  expect(['a.txt', 'b.txt'].map((name) => files.isCached?.(name))).toEqual([true, false])
  const open = jest.spyOn(fs, 'open')
  expect(await sizesOf(files, ['a.txt'])).toEqual([5])
  expect(open).not.toHaveBeenCalled()
})

test('without a cache each file is opened again', async () => {
  const files = directorySource(disk, false)
  expect(files.isCached).toBeUndefined()
  await sizesOf(files, ['a.txt'])
  const open = jest.spyOn(fs, 'open')
  expect(await sizesOf(files, ['a.txt'])).toEqual([5])
  expect(open).toHaveBeenCalledTimes(1)
})
