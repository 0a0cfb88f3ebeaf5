import { join } from 'node:path'
import type { Disk, SymlinkPolicy } from './disk.js'
import type { DiskFile } from './disk-file.js'
import { hasVersion } from './file-version.js'
import { MemoryFile } from './memory-file.js'
import { RecentFiles } from './recent-files.js'
import { SharedLooks } from './shared-looks.js'
import type { Found, Source } from './source.js'

/** How much is kept in memory, in bytes: of all files together, and of one file. */
export interface CacheLimits {
  readonly maxBytes: number
  readonly maxFileBytes: number
}

// Two writes within one tick of a file system's clock look alike; the coarsest clock, that of FAT,
// ticks every two seconds. So nothing is kept whose last change is not longer ago.
const SETTLED_MS = 2000n
const NS_PER_MS = 1_000_000n

/**
 * Keeps small files of a disk in memory, and is never stale: every request looks at the disk, after
 * it came, whether the same version of the same file still stands at the name.
 *
 * The rules about links hold on a hit because only what is reached without any link is kept, and
 * every step of the way is looked at again: a folder on the way that became a link is not a folder.
 */
export class HotFiles implements Source {
  readonly #disk: Disk
  readonly #throughLinks: boolean
  readonly #maxFileBytes: number
  readonly #kept: RecentFiles<KeptFile>
  readonly #looks = new SharedLooks()

  constructor(disk: Disk, symlinks: SymlinkPolicy, limits: CacheLimits) {
    this.#disk = disk
    this.#throughLinks = symlinks === 'follow'
    this.#maxFileBytes = Math.min(limits.maxFileBytes, limits.maxBytes)
    this.#kept = new RecentFiles(limits.maxBytes)
  }

  async open(name: string): Promise<Found> {
    const kept = this.#kept.get(name)
    if (kept !== undefined) {
      if (await this.#stands(name, kept.file)) return kept
      this.#kept.delete(name)
    }
    const found = await this.#disk.open(name)
    return found.kind === 'file' && this.#isKeepable(found.file)
      ? this.#keep(name, found.file)
      : found
  }

  #isKeepable({ size, mtimeNs, ctimeNs }: DiskFile): boolean {
    if (size === undefined || size === 0 || size > this.#maxFileBytes) return false
    const settled = (BigInt(Date.now()) - SETTLED_MS) * NS_PER_MS
    return mtimeNs < settled && ctimeNs < settled
  }

  async #keep(name: string, file: DiskFile): Promise<Found> {
    if (!(await this.#stands(name, file))) return { kind: 'file', file }
    const stats = file.stats()
    const bytes = await readWhole(file)
    file.close()
    // Something happens to it just now: it is answered like any file that is not kept.
    if (bytes === undefined) return this.#disk.open(name)
    const kept: KeptFile = { kind: 'file', file: new MemoryFile(file, bytes, stats) }
    this.#kept.set(name, kept, bytes.length)
    return kept
  }

  /** Whether this version of this file stands at the name now, with no link on the way. */
  #stands(name: string, file: DiskFile | MemoryFile): Promise<boolean> {
    if (this.#throughLinks) return this.#isAt(file)
    const slash = name.lastIndexOf('/')
    return slash === -1 ? this.#isPlainlyAt(file) : this.#isBelow(name.slice(0, slash), file)
  }

  async #isAt(file: DiskFile | MemoryFile): Promise<boolean> {
    const now = await this.#looks.throughLinks(file.path)
    return now !== undefined && hasVersion(now, file.version)
  }

  async #isPlainlyAt(file: DiskFile | MemoryFile): Promise<boolean> {
    const now = await this.#looks.atItself(file.path)
    return now?.isFile() === true && hasVersion(now, file.version)
  }

  async #isBelow(folder: string, file: DiskFile | MemoryFile): Promise<boolean> {
    const looks = [this.#isPlainlyAt(file)]
    for (let slash = folder.indexOf('/'); slash !== -1; slash = folder.indexOf('/', slash + 1)) {
      looks.push(this.#isFolder(folder.slice(0, slash)))
    }
    looks.push(this.#isFolder(folder))
    return (await Promise.all(looks)).every((stands) => stands)
  }

  async #isFolder(name: string): Promise<boolean> {
    const now = await this.#looks.atItself(join(this.#disk.root, name))
    return now?.isDirectory() === true
  }
}

interface KeptFile {
  readonly kind: 'file'
  readonly file: MemoryFile
}

/** All bytes of a file, or `undefined` where they are not to be had. */
function readWhole(file: DiskFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(file.size ?? 0)
  return new Promise((resolve) =>
    file.fill(bytes, 0, (error, bytesRead) =>
      resolve(error === null && bytesRead === bytes.length ? bytes : undefined),
    ),
  )
}
