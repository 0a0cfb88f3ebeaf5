import { join } from 'node:path'
import { CoalescedStats } from '../disk/coalesced-stats.js'
import type { DiskSource } from '../disk/disk-source.js'
import { type FileVersion, hasVersion } from '../disk/file-version.js'

/** A file that was opened, or its copy in the cache. */
export interface OpenedFile {
  readonly path: string
  readonly version: FileVersion
}

/**
 * Tells whether opening a name again would give the file that was opened before.
 *
 * The symlink policy holds without opening the file: a path without a symlink satisfies every policy. So
 * `lstat` checks each directory of the path, and a directory that became a symlink is not a directory.
 */
export class CacheValidator {
  readonly #disk: DiskSource
  readonly #stats = new CoalescedStats()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  /** Whether this version of the file is at its name now, with no symlink on the path. */
  isFresh(name: string, file: OpenedFile): Promise<boolean> {
    if (this.#disk.symlinks === 'follow') return this.#isTarget(file)
    const slash = name.lastIndexOf('/')
    return slash === -1 ? this.#isAt(file) : this.#isBelow(name.slice(0, slash), file)
  }

  /** Whether nothing is at a name now. If that cannot be told, opening the name reports why. */
  async isAbsent(name: string): Promise<boolean> {
    return (await this.#stats.lstat(join(this.#disk.root, name))) === 'missing'
  }

  async #isTarget({ path, version }: OpenedFile): Promise<boolean> {
    const now = await this.#stats.stat(path)
    return typeof now === 'object' && hasVersion(now, version)
  }

  async #isAt({ path, version }: OpenedFile): Promise<boolean> {
    const now = await this.#stats.lstat(path)
    return typeof now === 'object' && now.isFile() && hasVersion(now, version)
  }

  async #isBelow(directory: string, file: OpenedFile): Promise<boolean> {
    const checks = [this.#isAt(file), this.#isDirectory(directory)]
    for (
      let slash = directory.indexOf('/');
      slash !== -1;
      slash = directory.indexOf('/', slash + 1)
    ) {
      checks.push(this.#isDirectory(directory.slice(0, slash)))
    }
    return (await Promise.all(checks)).every((isUnchanged) => isUnchanged)
  }

  async #isDirectory(name: string): Promise<boolean> {
    const now = await this.#stats.lstat(join(this.#disk.root, name))
    return typeof now === 'object' && now.isDirectory()
  }
}
