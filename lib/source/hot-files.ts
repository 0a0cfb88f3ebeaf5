import type { DiskFile } from './disk-file.js'
import { MemoryFile } from './memory-file.js'
import { RecentFiles } from './recent-files.js'
import type { Found, Source } from './source.js'
import type { Standing } from './standing.js'

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
 * Keeps small files in memory, and is never stale: for every request, after it came, the disk is
 * asked whether the same version of the same file still stands at the name.
 */
export class HotFiles implements Source {
  readonly #files: Source<DiskFile>
  readonly #standing: Standing
  readonly #maxFileBytes: number
  readonly #kept: RecentFiles<MemoryFile>

  constructor(files: Source<DiskFile>, standing: Standing, limits: CacheLimits) {
    this.#files = files
    this.#standing = standing
    this.#maxFileBytes = limits.maxFileBytes
    this.#kept = new RecentFiles(limits.maxBytes)
  }

  async open(name: string): Promise<Found> {
    const kept = this.#kept.get(name)
    if (kept !== undefined) {
      if (await this.#standing.stands(name, kept)) return { kind: 'file', file: kept }
      this.#kept.delete(name)
    }
    const found = await this.#files.open(name)
    if (found.kind !== 'file' || !this.#isKeepable(found.file)) return found
    return this.#keep(name, found.file)
  }

  #isKeepable({ size, mtimeNs, ctimeNs }: DiskFile): boolean {
    if (size === undefined || size === 0 || size > this.#maxFileBytes) return false
    const settled = (BigInt(Date.now()) - SETTLED_MS) * NS_PER_MS
    return mtimeNs < settled && ctimeNs < settled
  }

  async #keep(name: string, file: DiskFile): Promise<Found> {
    // What is reached through a link is served and not kept.
    if (!(await this.#standing.stands(name, file))) return { kind: 'file', file }
    const stats = file.stats()
    const bytes = await readWhole(file)
    file.close()
    // Something happens to it just now, so it is answered like any file that is not kept.
    if (bytes === undefined) return this.#files.open(name)
    const kept = new MemoryFile(file, bytes, stats)
    this.#kept.set(name, kept, bytes.length)
    return { kind: 'file', file: kept }
  }
}

/** All bytes of a file in one version, or `undefined` where they are not to be had. */
function readWhole(file: DiskFile): Promise<Uint8Array | undefined> {
  const bytes = Buffer.allocUnsafeSlow(file.size ?? 0)
  return new Promise((resolve) =>
    file.fill(bytes, 0, (error, bytesRead) => {
      if (error !== null || bytesRead < bytes.length) return resolve(undefined)
      file.compare((change) => resolve(change === 'none' ? bytes : undefined))
    }),
  )
}
