import type { DiskFile } from '../disk/disk-file.js'
import { type FileVersion, hasVersion } from '../disk/file-version.js'
import { MemoryFile } from '../memory/memory-file.js'
import type { OpenResult, Source } from '../source.js'
import { ByteLimitedLru } from './byte-limited-lru.js'
import type { CacheValidator } from './cache-validator.js'

/** The limits of the cache in bytes: for all files together, and for one file. */
export interface CacheLimits {
  readonly maxBytes: number
  readonly maxFileBytes: number
}

// Two writes within one tick of a file system's clock cannot be told apart. The coarsest clock, that of
// FAT, ticks every two seconds. So a file that changed in the last two seconds is not cached.
const MIN_AGE_MS = 2000n
const NS_PER_MS = 1_000_000n

/** A file that is being read into memory. */
interface PendingRead {
  readonly path: string
  readonly version: FileVersion
  /** `undefined` if the file changed while it was read. */
  readonly file: Promise<MemoryFile | undefined>
}

/**
 * Caches small files in memory, and is never stale: every request is revalidated with `stat` after it
 * arrived.
 */
export class FileCache implements Source {
  readonly #source: Source<DiskFile>
  readonly #validator: CacheValidator
  readonly #limits: CacheLimits
  readonly #cached: ByteLimitedLru<MemoryFile>
  readonly #pendingReads = new Map<string, PendingRead>()
  #bytesBeingRead = 0

  constructor(source: Source<DiskFile>, validator: CacheValidator, limits: CacheLimits) {
    this.#source = source
    this.#validator = validator
    this.#limits = limits
    this.#cached = new ByteLimitedLru(limits.maxBytes)
  }

  async open(name: string): Promise<OpenResult> {
    const cached = this.#cached.get(name)
    if (cached !== undefined) {
      if (await this.#validator.isFresh(name, cached)) return { kind: 'file', file: cached }
      this.#cached.delete(name)
    }
    const result = await this.#source.open(name)
    if (result.kind !== 'file' || !this.#isCacheable(name, result.file)) return result
    return this.#cache(name, result.file)
  }

  #isCacheable(name: string, { path, size, mtimeNs, ctimeNs }: DiskFile): boolean {
    if (size === undefined || size === 0 || size > this.#limits.maxFileBytes) return false
    if (!this.#cached.fits(name, cachedBytes(path, size))) return false
    const newestAllowed = (BigInt(Date.now()) - MIN_AGE_MS) * NS_PER_MS
    return mtimeNs < newestAllowed && ctimeNs < newestAllowed
  }

  async #cache(name: string, file: DiskFile): Promise<OpenResult> {
    // A file that is reached through a symlink is served from the disk and not cached.
    if (!(await this.#validator.isFresh(name, file))) return { kind: 'file', file }
    const pending = this.#startOrJoinRead(name, file)
    // The reads in progress have reached the cache's limit, so this file is streamed from the disk.
    if (pending === undefined) return { kind: 'file', file }
    const cached = await pending.file
    file.close()
    // The file is changing at this moment, so it is served like any file that is not cached.
    return cached === undefined ? this.#source.open(name) : { kind: 'file', file: cached }
  }

  /**
   * Reads a file, or joins a pending read of the same version. The request opened the file itself after
   * it arrived, so a pending read of that version is not older than the request.
   */
  #startOrJoinRead(name: string, file: DiskFile): PendingRead | undefined {
    const pending = this.#pendingReads.get(name)
    if (pending?.path === file.path && hasVersion(file.version, pending.version)) return pending
    const size = file.size ?? 0
    if (this.#bytesBeingRead + size > this.#limits.maxBytes) return undefined
    this.#bytesBeingRead += size
    const cached = this.#read(name, file).catch(() => undefined)
    const started = { path: file.path, version: file.version, file: cached }
    this.#pendingReads.set(name, started)
    void cached.then(() => {
      this.#bytesBeingRead -= size
      if (this.#pendingReads.get(name) === started) this.#pendingReads.delete(name)
    })
    return started
  }

  async #read(name: string, file: DiskFile): Promise<MemoryFile | undefined> {
    const stats = file.stats()
    const bytes = await readAll(file)
    if (bytes === undefined) return undefined
    const cached = new MemoryFile(file, bytes, stats)
    this.#cached.set(name, cached, cachedBytes(file.path, bytes.length))
    return cached
  }
}

function cachedBytes(path: string, size: number): number {
  return size + path.length * 2
}

/** The content of a file, or `undefined` if the file changed or a read failed. */
function readAll(file: DiskFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(file.size ?? 0)
  return new Promise((resolve) =>
    file.readFully(bytes, 0, (error, bytesRead) => {
      if (error !== null || bytesRead < bytes.length) return resolve(undefined)
      file.checkChange((change) => resolve(change === 'none' ? bytes : undefined))
    }),
  )
}
