import type { DiskFile } from '../disk/disk-file.js'
import { type FileVersion, hasVersion } from '../disk/file-version.js'
import { MemoryFile } from '../memory/memory-file.js'
import type { OpenResult, Source } from '../source.js'
import { ByteLimitedLru } from './byte-limited-lru.js'
import type { CacheValidator } from './cache-validator.js'

/** How much is kept in memory, in bytes: of all files together, and of one file. */
export interface CacheLimits {
  readonly maxBytes: number
  readonly maxFileBytes: number
}

// Two writes within one tick of a file system's clock look alike; the coarsest clock, that of FAT,
// ticks every two seconds. So nothing is kept whose last change is not longer ago.
const SETTLED_MS = 2000n
const NS_PER_MS = 1_000_000n

/** A file that is being read whole. */
interface Reading {
  readonly path: string
  readonly version: FileVersion
  /** `undefined` where the file changed meanwhile. */
  readonly file: Promise<MemoryFile | undefined>
}

/**
 * Keeps small files in memory, and is never stale: for every request, after it came, the disk is
 * asked whether the same version of the same file still stands at the name.
 */
export class FileCache implements Source {
  readonly #files: Source<DiskFile>
  readonly #standing: CacheValidator
  readonly #limits: CacheLimits
  readonly #kept: ByteLimitedLru<MemoryFile>
  readonly #readings = new Map<string, Reading>()
  #bytesBeingRead = 0

  constructor(files: Source<DiskFile>, standing: CacheValidator, limits: CacheLimits) {
    this.#files = files
    this.#standing = standing
    this.#limits = limits
    this.#kept = new ByteLimitedLru(limits.maxBytes)
  }

  async open(name: string): Promise<OpenResult> {
    const kept = this.#kept.get(name)
    if (kept !== undefined) {
      if (await this.#standing.isFresh(name, kept)) return { kind: 'file', file: kept }
      this.#kept.delete(name)
    }
    const found = await this.#files.open(name)
    if (found.kind !== 'file' || !this.#isKeepable(name, found.file)) return found
    return this.#keep(name, found.file)
  }

  #isKeepable(name: string, { path, size, mtimeNs, ctimeNs }: DiskFile): boolean {
    if (size === undefined || size === 0 || size > this.#limits.maxFileBytes) return false
    if (!this.#kept.canKeep(name, bytesOf(path, size))) return false
    const settled = (BigInt(Date.now()) - SETTLED_MS) * NS_PER_MS
    return mtimeNs < settled && ctimeNs < settled
  }

  async #keep(name: string, file: DiskFile): Promise<OpenResult> {
    // What is reached through a link is served and not kept.
    if (!(await this.#standing.isFresh(name, file))) return { kind: 'file', file }
    const reading = this.#readingOf(name, file)
    // As much is being read already as may be kept: this file is sent without being read whole.
    if (reading === undefined) return { kind: 'file', file }
    const kept = await reading.file
    file.close()
    // Something happens to it just now, so it is answered like any file that is not kept.
    return kept === undefined ? this.#files.open(name) : { kind: 'file', file: kept }
  }

  /**
   * Reads a file, or joins those who are reading the same version of it. The request has opened the
   * file itself after it came, so what began before cannot be older than that.
   */
  #readingOf(name: string, file: DiskFile): Reading | undefined {
    const underWay = this.#readings.get(name)
    if (underWay?.path === file.path && hasVersion(file.version, underWay.version)) return underWay
    const size = file.size ?? 0
    if (this.#bytesBeingRead + size > this.#limits.maxBytes) return undefined
    this.#bytesBeingRead += size
    const kept = this.#read(name, file).catch(() => undefined)
    const reading = { path: file.path, version: file.version, file: kept }
    this.#readings.set(name, reading)
    void kept.then(() => {
      this.#bytesBeingRead -= size
      if (this.#readings.get(name) === reading) this.#readings.delete(name)
    })
    return reading
  }

  async #read(name: string, file: DiskFile): Promise<MemoryFile | undefined> {
    const stats = file.stats()
    const bytes = await readWhole(file)
    if (bytes === undefined) return undefined
    const kept = new MemoryFile(file, bytes, stats)
    this.#kept.set(name, kept, bytesOf(file.path, bytes.length))
    return kept
  }
}

function bytesOf(path: string, size: number): number {
  return size + path.length * 2
}

/** All bytes of a file in one version, or `undefined` where they are not to be had. */
function readWhole(file: DiskFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(file.size ?? 0)
  return new Promise((resolve) =>
    file.readFully(bytes, 0, (error, bytesRead) => {
      if (error !== null || bytesRead < bytes.length) return resolve(undefined)
      file.checkChange((change) => resolve(change === 'none' ? bytes : undefined))
    }),
  )
}
