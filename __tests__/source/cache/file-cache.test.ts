import { execFileSync } from 'node:child_process'
import fs, {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { CacheValidator } from '../../../lib/source/cache/cache-validator.js'
import { FileCache } from '../../../lib/source/cache/file-cache.js'
import { CoalescedOpens } from '../../../lib/source/disk/coalesced-opens.js'
import { DiskSource, type SymlinkPolicy } from '../../../lib/source/disk/disk-source.js'
import { MemoryFile } from '../../../lib/source/memory/memory-file.js'
import type { FileSource, OpenFile } from '../../../lib/source/source.js'
import { streamFiles } from '../../../lib/stream-files.js'
import { AHEAD_MS, setClockAhead } from '../../support/clock.js'
import { openFilesBelow } from '../../support/descriptors.js'
import { eventually } from '../../support/eventually.js'
import { express } from '../../support/express.js'
import { age, directoryOf, removeDirectories } from '../../support/files.js'
import { withServer } from '../../support/server.js'

const LIMITS = { maxBytes: 1024 * 1024, maxFileBytes: 64 * 1024 }

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

function fileCache(root: string, symlinks: SymlinkPolicy = 'inside', limits = LIMITS): FileCache {
  const disk = new DiskSource(root, symlinks)
  return new FileCache(new CoalescedOpens(disk), new CacheValidator(disk), limits)
}

async function opened(source: FileSource, name: string): Promise<OpenFile | undefined> {
  const found = await source.open(name)
  return found.kind === 'file' ? found.file : undefined
}

/** What opening a name gives: its text, and whether it came from memory. */
async function readFile(
  source: FileSource,
  name: string,
): Promise<{ text: string; cached: boolean }> {
  const file = await opened(source, name)
  if (file === undefined) return { text: '', cached: false }
  const cached = file instanceof MemoryFile
  const size = file.size ?? 0
  const reader = file.body(size === 0 ? [] : [{ start: 0, end: size - 1 }], Math.max(size, 1))
  return new Promise((resolve, reject) =>
    reader.read(size, (error, buffer) => {
      reader.close()
      if (error) reject(error)
      else resolve({ text: Buffer.from(buffer ?? []).toString(), cached })
    }),
  )
}

/** Asks twice, so that what can be cached is. */
async function warm(source: FileSource, name: string): Promise<boolean> {
  await readFile(source, name)
  return (await readFile(source, name)).cached
}

// The clock of a file system ticks every few milliseconds.
const tick = () => new Promise((resolve) => setTimeout(resolve, 25))

describe('a cached file', () => {
  test('is served from memory the second time', async () => {
    const files = fileCache(directoryOf({ 'a.txt': 'one', 'deep/down/b.txt': 'two' }))
    expect(await warm(files, 'a.txt')).toBe(true)
    expect(await warm(files, 'deep/down/b.txt')).toBe(true)
    expect((await readFile(files, 'deep/down/b.txt')).text).toBe('two')
  })

  test.each([
    ['written over with as many bytes', (path: string) => writeFileSync(path, 'two')],
    [
      'written over and dated back',
      (path: string) => {
        writeFileSync(path, 'two')
        age(path)
      },
    ],
    [
      'replaced by another file of the same size and date',
      (path: string) => {
        writeFileSync(`${path}.new`, 'two')
        age(`${path}.new`)
        renameSync(`${path}.new`, path)
      },
    ],
  ])('is read again after it was %s', async (_how, change) => {
    const directory = directoryOf({ 'a.txt': 'one' })
    const files = fileCache(directory)
    expect(await warm(files, 'a.txt')).toBe(true)
    await tick()
    change(join(directory, 'a.txt'))
    expect((await readFile(files, 'a.txt')).text).toBe('two')
  })

  test('is read again after another file with the same mtime was renamed to its name', async () => {
    const directory = directoryOf({ 'a.txt': 'one', 'b.txt': 'two' })
    const files = fileCache(directory)
    await warm(files, 'a.txt')
    await warm(files, 'b.txt')
    renameSync(join(directory, 'b.txt'), join(directory, 'a.txt'))
    expect((await readFile(files, 'a.txt')).text).toBe('two')
    expect(await opened(files, 'b.txt')).toBeUndefined()
  })

  test('is truncated, removed and forbidden like any other file', async () => {
    const directory = directoryOf({ 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'three' })
    const files = fileCache(directory)
    for (const name of ['a.txt', 'b.txt', 'c.txt']) expect(await warm(files, name)).toBe(true)
    await tick()
    truncateSync(join(directory, 'a.txt'), 1)
    rmSync(join(directory, 'b.txt'))
    chmodSync(join(directory, 'c.txt'), 0)
    expect((await readFile(files, 'a.txt')).text).toBe('o')
    expect((await files.open('b.txt')).kind).toBe('missing')
    // Whoever runs the tests as root may read everything: then it is at least opened again.
    if (process.getuid?.() !== 0) expect((await files.open('c.txt')).kind).toBe('missing')
  })

  test('is copied for every consumer that may keep its bytes', async () => {
    const files = fileCache(directoryOf({ 'a.txt': 'one' }))
    await warm(files, 'a.txt')
    const file = await opened(files, 'a.txt')
    const memory = {
      mayShare: () => false,
      allocate: (n: number) => Buffer.alloc(n),
      release: () => undefined,
      abandon: () => undefined,
    }
    file?.body([{ start: 0, end: 2 }], 3, memory).read(3, (_error, buffer) => buffer?.fill(0))
    expect((await readFile(files, 'a.txt')).text).toBe('one')
  })
})

test('a file that changes while it is read is not cached, and not served as the version that was opened', async () => {
  const directory = directoryOf({ 'a.txt': 'one' })
  const path = join(directory, 'a.txt')
  const files = fileCache(directory)
  const { read } = fs
  jest.spyOn(fs, 'read').mockImplementationOnce((...given: unknown[]) => {
    writeFileSync(path, 'two')
    // A date of its own: a tick of the file system's clock may be the same.
    age(path, new Date('2025-01-01'))
    Reflect.apply(read, fs, given)
  })
  const found = await opened(files, 'a.txt')
  expect(found).not.toBeInstanceOf(MemoryFile)
  expect(found?.stats().mtime.getUTCFullYear()).toBe(2025)
  found?.close()
  expect((await readFile(files, 'a.txt')).text).toBe('two')
})

describe('the cache skips', () => {
  test('a file whose mtime or ctime is in the last two seconds', async () => {
    jest.restoreAllMocks()
    const files = fileCache(directoryOf({ 'a.txt': 'one' }))
    expect(await warm(files, 'a.txt')).toBe(false)
  })

  test('a file above the limit for one file, and an empty file', async () => {
    const files = fileCache(directoryOf({ 'a.txt': 'x'.repeat(101), 'b.txt': '' }), 'inside', {
      maxBytes: 10_000,
      maxFileBytes: 100,
    })
    expect(await warm(files, 'a.txt')).toBe(false)
    expect(await warm(files, 'b.txt')).toBe(false)
  })

  test('a file that is reached through a symlink, unless all symlinks are followed', async () => {
    const directory = directoryOf({ 'real/a.txt': 'one' })
    symlinkSync('real', join(directory, 'linked'))
    symlinkSync('real/a.txt', join(directory, 'link.txt'))
    const files = fileCache(directory)
    expect(await warm(files, 'linked/a.txt')).toBe(false)
    expect(await warm(files, 'link.txt')).toBe(false)
    expect((await readFile(files, 'link.txt')).text).toBe('one')
    expect(await warm(fileCache(directory, 'follow'), 'link.txt')).toBe(true)
  })
})

describe('the access rules apply to cached files', () => {
  test.each(['inside', 'deny'] as const)(
    '%s: its directory was replaced by a symlink out of the root',
    async (symlinks) => {
      const directory = directoryOf({ 'root/sub/deep/a.txt': 'one' })
      const files = fileCache(join(directory, 'root'), symlinks)
      expect(await warm(files, 'sub/deep/a.txt')).toBe(true)
      // The file itself, its inode and every date of it stay as they were.
      renameSync(join(directory, 'root/sub'), join(directory, 'outside'))
      symlinkSync(join(directory, 'outside'), join(directory, 'root/sub'))
      expect((await files.open('sub/deep/a.txt')).kind).toBe('missing')
    },
  )

  test.each(['inside', 'deny'] as const)(
    '%s: the file was replaced by a symlink out of the root',
    async (symlinks) => {
      const directory = directoryOf({ 'root/a.txt': 'one' })
      const files = fileCache(join(directory, 'root'), symlinks)
      expect(await warm(files, 'a.txt')).toBe(true)
      renameSync(join(directory, 'root/a.txt'), join(directory, 'a.txt'))
      symlinkSync(join(directory, 'a.txt'), join(directory, 'root/a.txt'))
      expect((await files.open('a.txt')).kind).toBe('missing')
    },
  )

  test('a root that was switched is the new root', async () => {
    const directory = directoryOf({ 'one/a.txt': 'one', 'two/a.txt': 'two' })
    const root = join(directory, 'current')
    symlinkSync('one', root)
    const files = fileCache(root)
    expect(await warm(files, 'a.txt')).toBe(true)
    rmSync(root)
    symlinkSync('two', root)
    expect((await readFile(files, 'a.txt')).text).toBe('two')
  })

  test('a directory that replaced the file is a directory', async () => {
    const directory = directoryOf({ 'a.txt': 'one' })
    const files = fileCache(directory)
    await warm(files, 'a.txt')
    rmSync(join(directory, 'a.txt'))
    mkdirSync(join(directory, 'a.txt'))
    expect((await files.open('a.txt')).kind).toBe('directory')
  })

  test('another name of the same file is checked separately', async () => {
    const directory = directoryOf({ 'root/a.txt': 'one' })
    linkSync(join(directory, 'root/a.txt'), join(directory, 'root/b.txt'))
    const files = fileCache(join(directory, 'root'))
    expect(await warm(files, 'b.txt')).toBe(true)
    rmSync(join(directory, 'root/b.txt'))
    expect((await files.open('b.txt')).kind).toBe('missing')
  })
})

describe('reading a file into memory', () => {
  type Read = () => void

  /** Holds every read of a file until it is let go of; counts them. */
  function holdReads(): { held: Read[]; letGo: () => void } {
    const { read } = fs
    const reads = {
      held: [] as Read[],
      letGo() {
        spy.mockImplementation((...parameters: unknown[]) => Reflect.apply(read, fs, parameters))
        for (const readNow of reads.held.splice(0)) readNow()
      },
    }
    const spy = jest.spyOn(fs, 'read').mockImplementation((...parameters: unknown[]) => {
      reads.held.push(() => Reflect.apply(read, fs, parameters))
    })
    return reads
  }

  test.each([
    ['larger than all that is cached', 200_000],
    ['as large as all that is cached, without its upkeep', 100_000],
  ])('a file %s is never read whole', async (_what, size) => {
    const files = fileCache(directoryOf({ 'a.bin': Buffer.alloc(size) }), 'inside', {
      maxBytes: 100_000,
      maxFileBytes: 1_000_000_000,
    })
    const reads = holdReads()
    const file = await opened(files, 'a.bin')
    expect(file?.size).toBe(size)
    expect(file).not.toBeInstanceOf(MemoryFile)
    expect(reads.held).toHaveLength(0)
    file?.close()
  })

  test('a file that is requested repeatedly is read once', async () => {
    const directory = directoryOf({ 'a.bin': Buffer.alloc(60_000, 'a') })
    const files = fileCache(directory)
    const reads = holdReads()
    const isFresh = jest.spyOn(CacheValidator.prototype, 'isFresh')
    const openings: Promise<OpenFile | undefined>[] = []
    for (let client = 0; client < 20; client++) {
      openings.push(opened(files, 'a.bin'))
      // The last step before a file is read, or before a read in progress is shared.
      await eventually(() => isFresh.mock.results.length > client)
      await isFresh.mock.results[client]?.value
    }
    await eventually(() => reads.held.length > 0)
    expect(reads.held).toHaveLength(1)
    reads.letGo()
    const all = new Set(await Promise.all(openings))
    expect(all.size).toBe(1)
    expect(all).toEqual(new Set([expect.any(MemoryFile)]))
    await eventually(() => openFilesBelow(directory).length === 0)
  })

  test('a version that is replaced while it is read is not served to later requests', async () => {
    const directory = directoryOf({ 'a.txt': '100' })
    const files = fileCache(directory)
    const reads = holdReads()
    const before = readFile(files, 'a.txt')
    await eventually(() => reads.held.length === 1)
    renamed(directory, '200')
    const after = readFile(files, 'a.txt')
    await eventually(() => reads.held.length === 2)
    reads.letGo()
    expect([(await before).text, (await after).text]).toEqual(['100', '200'])
    expect(await readFile(files, 'a.txt')).toEqual({ text: '200', cached: true })
  })

  test('a version that is rewritten while requests wait for it is read again', async () => {
    const directory = directoryOf({ 'a.txt': '100' })
    const files = fileCache(directory)
    const reads = holdReads()
    const first = readFile(files, 'a.txt')
    await eventually(() => reads.held.length === 1)
    const second = readFile(files, 'a.txt')
    await tick()
    writeFileSync(join(directory, 'a.txt'), '200')
    reads.letGo()
    expect([(await first).text, (await second).text]).toEqual(['200', '200'])
  })

  test('concurrent reads are limited to the size of the cache; other files are streamed from the disk', async () => {
    const names = Array.from({ length: 10 }, (_, place) => `${place}.bin`)
    const contents = names.map((name) => [name, Buffer.alloc(30_000, name)])
    const directory = directoryOf(Object.fromEntries(contents))
    const files = fileCache(directory, 'inside', { maxBytes: 100_000, maxFileBytes: 50_000 })
    const reads = holdReads()
    let fromDisk = 0
    const openings = names.map(async (name) => {
      const file = await opened(files, name)
      if (!(file instanceof MemoryFile)) fromDisk++
      file?.close()
    })
    await eventually(() => fromDisk + reads.held.length === 10)
    expect(reads.held).toHaveLength(3)
    reads.letGo()
    await Promise.all(openings)
    // What was being read counts no more.
    expect(await warm(files, '9.bin')).toBe(true)
  })
})

test('the overhead of a small file is counted', () => {
  const script = join(__dirname, '../../support/cached-file-memory.cjs')
  const measured = execFileSync(process.execPath, ['--expose-gc', script, directoryOf({})], {
    encoding: 'utf8',
  })
  const { taken, counted } = JSON.parse(measured)
  expect(taken).toBeGreaterThan(0)
  expect(counted).toBeGreaterThanOrEqual(taken)
}, 60_000)

test('concurrent requests for a file that is not cached yet all get it', async () => {
  const files = fileCache(directoryOf({ 'a.txt': 'one' }))
  const reads = await Promise.all(Array.from({ length: 50 }, () => readFile(files, 'a.txt')))
  expect(reads.every(({ text }) => text === 'one')).toBe(true)
  expect(await warm(files, 'a.txt')).toBe(true)
})

test.each([
  ['on a clock of its own', AHEAD_MS],
  ['on the clock of the disk', 0],
])(
  'no response after 600 rewrites of the same size is of an earlier version, %s',
  async (_which, ahead) => {
    jest.restoreAllMocks()
    const { now } = Date
    jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead)
    const directory = directoryOf({ 'a.txt': '000' })
    const stale: string[] = []
    await withServer(express().use(streamFiles(directory)), async ({ url }) => {
      for (let version = 100; version < 700; version++) {
        // Ahead of the disk's clock even the newest is cached: then only another tick tells it apart.
        if (ahead > 0) renamed(directory, String(version))
        else writeFileSync(join(directory, 'a.txt'), String(version))
        const text = await (await fetch(`${url}/a.txt`)).text()
        if (text !== String(version)) stale.push(`${text} for ${version}`)
      }
    })
    expect(stale).toEqual([])
  },
)

/** A new version as deployments make it: another file, put in the place of the old one. */
function renamed(directory: string, text: string): void {
  const path = join(directory, text)
  writeFileSync(path, text)
  age(path)
  renameSync(path, join(directory, 'a.txt'))
}
