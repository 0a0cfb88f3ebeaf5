import type { DiskFile } from '../disk/disk-file.js'
import { type FileVersion, hasVersion, isSettled } from '../disk/file-version.js'
import { MemoryFile } from '../memory/memory-file.js'
import type { FileSource, OpenResult } from '../source.js'
import { ByteLimitedLru } from './byte-limited-lru.js'
import type { CacheValidator } from './cache-validator.js'

/** How much is cached, in bytes: of all files together, and of one file. */
export interface CacheLimits {
  readonly maxBytes: number
  readonly maxFileBytes: number
}

/** A read of a whole file that is in progress. */
interface PendingRead {
  readonly path: string
  readonly version: FileVersion
  /** `undefined` if the file changed meanwhile. */
  readonly file: Promise<MemoryFile | undefined>
}

/**
 * Caches small files in memory, and is never stale: after each request arrives, it is revalidated that
 * the same version of the same file is still at the name.
 */
export class FileCache implements FileSource {
  readonly #files: FileSource<DiskFile>
  readonly #validator: CacheValidator
  readonly #limits: CacheLimits
  readonly #cached: ByteLimitedLru<MemoryFile>
  readonly #pendingReads = new Map<string, PendingRead>()
  #bytesBeingRead = 0

  constructor(files: FileSource<DiskFile>, validator: CacheValidator, limits: CacheLimits) {
    this.#files = files
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
    const result = await this.#files.open(name)
    if (result.kind !== 'file' || !this.#isCacheable(name, result.file)) return result
    return this.#cache(name, result.file)
  }

  isCached(name: string): boolean {
    return this.#cached.has(name)
  }

  isAbsent(name: string): Promise<boolean> {
    return this.#validator.isAbsent(name)
  }

  #isCacheable(name: string, { path, size, version }: DiskFile): boolean {
    if (size === undefined || size === 0 || size > this.#limits.maxFileBytes) return false
    return this.#cached.fits(name, bytesOf(path, size)) && isSettled(version)
  }

  async #cache(name: string, file: DiskFile): Promise<OpenResult> {
    // A file that is reached through a symlink is served and not cached.
    if (!(await this.#validator.isFresh(name, file))) return { kind: 'file', file }
    const pending = this.#readOnce(name, file)
    // As many bytes are being read as the cache may hold: this file is sent without being read whole.
    if (pending === undefined) return { kind: 'file', file }
    const cached = await pending.file
    file.close()
    // The file is changing, so it is served like any file that is not cached.
    return cached === undefined ? this.#files.open(name) : { kind: 'file', file: cached }
  }

  /**
   * Reads a whole file once for all requests of the same version of it. Each request has opened the file
   * itself after it arrived, so a read that began earlier does not give it an older version.
   */
  #readOnce(name: string, file: DiskFile): PendingRead | undefined {
    const pending = this.#pendingReads.get(name)
    if (pending?.path === file.path && hasVersion(file.version, pending.version)) return pending
    const size = file.size ?? 0
    if (this.#bytesBeingRead + size > this.#limits.maxBytes) return undefined
    this.#bytesBeingRead += size
    const cached = this.#read(name, file).catch(() => undefined)
    const read = { path: file.path, version: file.version, file: cached }
    this.#pendingReads.set(name, read)
    void cached.then(() => {
      this.#bytesBeingRead -= size
      if (this.#pendingReads.get(name) === read) this.#pendingReads.delete(name)
    })
    return read
  }

  async #read(name: string, file: DiskFile): Promise<MemoryFile | undefined> {
    const stats = file.stats()
    const bytes = await readWhole(file)
    if (bytes === undefined) return undefined
    const cached = new MemoryFile(file, bytes, stats)
    this.#cached.set(name, cached, bytesOf(file.path, bytes.length))
    return cached
  }
}

function bytesOf(path: string, size: number): number {
  return size + path.length * 2
}

/** All bytes of one version of a file; `undefined` if it changes meanwhile or cannot be read. */
function readWhole(file: DiskFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(file.size ?? 0)
  return new Promise((resolve) =>
    file.readFully(bytes, 0, (error, bytesRead) => {
      if (error !== null || bytesRead < bytes.length) return resolve(undefined)
      file.checkChange((change) => resolve(change === 'none' ? bytes : undefined))
    }),
  )
}
