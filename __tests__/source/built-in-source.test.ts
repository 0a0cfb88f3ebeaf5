import fs from 'node:fs'
import { join, relative } from 'node:path'
import {
  DirectoryFiles,
  FirstFoundFiles,
  fileSourceOf,
  partsOf,
} from '../../lib/source/built-in-source.js'
import type { Source } from '../../lib/source/custom/source-contract.js'
import { MemorySource } from '../../lib/source/memory/memory-source.js'
import type { FileSource } from '../../lib/source/source.js'
import { setClockAhead } from '../support/clock.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { fileSystemCalls } from '../support/file-system-calls.js'
import { directoryOf, removeDirectories } from '../support/files.js'

const LIMITS = { maxBytes: 64 * 1024, maxFileBytes: 100 }
const context = { signal: new AbortController().signal, method: 'GET' }

const root = directoryOf({ 'a.txt': 'from disk', 'directory/b.txt': 'b', 'c.txt.gz': 'gzip' })
const directory = () => new DirectoryFiles(root, 'inside')
const memory = new MemorySource({ 'a.txt': 'from memory!', 'c.txt': 'only memory' })

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** The size of a file, which tells whose it is; or what else is at the name. */
async function sizeAt(files: FileSource, name: string): Promise<unknown> {
  const result = await files.open(name, context, ['gzip'])
  if (result.kind !== 'file') return result.kind
  result.file.close()
  return result.file.size
}

/** Lets every `open` of the file system fail. */
function failToOpen(code: string): void {
  jest.spyOn(fs, 'open').mockImplementation((...given: unknown[]) => {
    const callback = given.at(-1)
    if (typeof callback === 'function') callback(Object.assign(new Error(code), { code }))
  })
}

describe('the files of a directory', () => {
  test('are below its absolute path', () => {
    const relativePath = relative(process.cwd(), root)
    expect(new DirectoryFiles(relativePath, 'inside').root).toBe(root)
  })

  test.each([
    '../a.txt',
    'directory/../../a.txt',
    'directory/../a.txt',
    '..',
    'directory\\..\\a.txt',
    'one.txt\0',
    '\0',
  ])('are not opened by %j, a name that a source of the application makes', async (name) => {
    for (const symlinks of ['inside', 'follow', 'deny'] as const) {
      const below = new DirectoryFiles(join(root, 'directory'), symlinks)
      expect(await below.open(name, context)).toBeUndefined()
      expect(await new FirstFoundFiles([below]).open(name, context)).toBeUndefined()
    }
  })

  test('are opened by the contract of the application, and closed', async () => {
    const file = await directory().open('a.txt', context)
    expect(file).toMatchObject({ size: 9, modified: new Date('2024-02-29T12:34:56.789Z') })
    await file?.close?.()
    await eventually(() => openFilesBelow(root).length === 0)
  })

  test.each(['none.txt', 'directory', 'a.txt/b'])('do not include %s', async (name) => {
    expect(await directory().open(name, context)).toBeUndefined()
  })

  test.each([
    ['ENOENT', 'missing'],
    ['ENAMETOOLONG', 'missing'],
    ['EMFILE', 'failed'],
    ['EPERM', 'failed'],
  ])('whose open fails with %s are %s', async (code, expected) => {
    failToOpen(code)
    const opened = directory().open('a.txt', context)
    if (expected === 'failed') await expect(opened).rejects.toMatchObject({ code })
    else expect(await opened).toBeUndefined()
  })

  test('have references by their names', () => {
    const files = directory()
    expect(files.file('a.txt')).toEqual({ source: files, name: 'a.txt' })
  })

  test('without a cache are one source, so that simultaneous calls share a descriptor', async () => {
    const files = directory()
    expect(files.uncached).toBe(files.uncached)
    expect(fileSourceOf(files, false)).toBe(files.uncached)
    expect(files.uncached.isCached).toBeUndefined()
    const open = jest.spyOn(fs, 'open')
    const opened = await Promise.all([files.open('a.txt', context), files.open('a.txt', context)])
    expect(open).toHaveBeenCalledTimes(1)
    for (const file of opened) await file?.close?.()
  })

  test('are cached if that is asked for', async () => {
    const cached = fileSourceOf(directory(), LIMITS)
    const uncached = fileSourceOf(directory(), false)
    for (const files of [cached, uncached]) expect(await sizeAt(files, 'a.txt')).toBe(9)
    expect(cached.isCached?.('a.txt')).toBe(true)
    expect(uncached.isCached?.('a.txt') ?? false).toBe(false)
  })
})

describe('the files of several sources', () => {
  test('are those of the first that has them', async () => {
    const files = new FirstFoundFiles([memory, directory()])
    expect(await files.open('a.txt', context)).toMatchObject({ size: 12 })
    expect(await files.open('directory/b.txt', context)).toMatchObject({ size: 1 })
    expect(await files.open('none', context)).toBeUndefined()
    expect(await new FirstFoundFiles([memory]).open('none', context)).toBeUndefined()
  })

  test('are what the application opened', async () => {
    const file = { size: 1, chunks: () => [Buffer.from('x')] }
    const files = new FirstFoundFiles([{ open: () => file }])
    const opened = await files.open('a', context)
    expect(opened).toMatchObject({ size: 1 })
    expect(opened?.chunks({ start: 0, end: 0, ...context })).toEqual([Buffer.from('x')])
  })

  test('are those of its parts, of which it may be one itself', () => {
    const [one, other] = [directory(), directory()]
    const nested = new FirstFoundFiles([memory, new FirstFoundFiles([one, other])])
    expect(partsOf(nested)).toEqual([memory, one, other])
    expect(partsOf(one)).toEqual([one])
  })

  test('are cached for each of them', async () => {
    const other = directoryOf({ 'd.txt': 'four' })
    const files = fileSourceOf(
      new FirstFoundFiles([directory(), new DirectoryFiles(other, 'inside')]),
      LIMITS,
    )
    expect(await sizeAt(files, 'd.txt')).toBe(4)
    const { result, calls } = await fileSystemCalls(() => sizeAt(files, 'd.txt'))
    expect(result).toBe(4)
    expect(calls).not.toContain('open')
  })

  test('come with the compressed sibling of the same source only', async () => {
    const files = fileSourceOf(new FirstFoundFiles([memory, directory()]), false, true)
    expect(await sizeAt(files, 'c.txt')).toBe(11)
    const compressed = new MemorySource({ 'c.txt': 'only memory', 'c.txt.gz': 'gzip' })
    const both = fileSourceOf(new FirstFoundFiles([compressed, directory()]), false, true)
    expect(await sizeAt(both, 'c.txt')).toBe(4)
  })
})

describe('the files of a source of the application', () => {
  const custom: Source = { open: (name) => memory.open(name) }

  test('are opened through an adapter, which is told of the request', async () => {
    const open = jest.spyOn(custom, 'open')
    const files = fileSourceOf(custom, LIMITS)
    expect(files.isCustom).toBe(true)
    expect(await sizeAt(files, 'a.txt')).toBe(12)
    expect(open).toHaveBeenCalledWith('a.txt', expect.objectContaining({ method: 'GET' }))
  })

  test('are negotiated only if that is asked for', async () => {
    const compressed: Source = {
      open: (name) => new MemorySource({ 'a.txt': 'plain', 'a.txt.gz': 'gz' }).open(name),
    }
    expect(await sizeAt(fileSourceOf(compressed, false), 'a.txt')).toBe(5)
    expect(await sizeAt(fileSourceOf(compressed, false, true), 'a.txt')).toBe(2)
  })
})

describe('a compressed sibling that is missing', () => {
  /** How many files are opened for one request. */
  async function openings(files: FileSource): Promise<number> {
    const { calls } = await fileSystemCalls(() => sizeAt(files, 'a.txt'))
    return calls.filter((name) => name === 'open').length
  }

  test('is remembered with a cache', async () => {
    const files = fileSourceOf(directory(), LIMITS, true)
    expect(await openings(files)).toBe(2)
    await eventually(async () => (await openings(files)) === 0)
  })

  test('is asked for again without one', async () => {
    const files = fileSourceOf(directory(), false, true)
    for (let request = 0; request < 3; request++) expect(await openings(files)).toBe(2)
  })
})
