import { join } from 'node:path'
import { CoalescedStats } from '../disk/coalesced-stats.js'
import type { DiskSource } from '../disk/disk-source.js'
import { type FileVersion, hasVersion } from '../disk/file-version.js'

/** A file that was opened, or the cached copy of one. */
export interface OpenedFile {
  readonly path: string
  readonly version: FileVersion
}

/**
 * Tells whether opening a file again would find the same version of the same file.
 *
 * It enforces the symlink policy without opening the file. A path without symlinks satisfies every
 * policy, so every directory on the way is checked with `lstat`: one that was replaced by a symlink is
 * no longer a directory.
 */
export class CacheValidator {
  readonly #disk: DiskSource
  readonly #stats = new CoalescedStats()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  /** Whether the name still refers to this version of this file, without a symlink on the way. */
  isFresh(name: string, file: OpenedFile): Promise<boolean> {
    if (this.#disk.symlinks === 'follow') return this.#isUnchangedTarget(file)
    const slash = name.lastIndexOf('/')
    return slash === -1
      ? this.#isUnchanged(file)
      : this.#isUnchangedBelow(name.slice(0, slash), file)
  }

  async #isUnchangedTarget({ path, version }: OpenedFile): Promise<boolean> {
    const stats = await this.#stats.stat(path)
    return stats !== undefined && hasVersion(stats, version)
  }

  async #isUnchanged({ path, version }: OpenedFile): Promise<boolean> {
    const stats = await this.#stats.lstat(path)
    return stats?.isFile() === true && hasVersion(stats, version)
  }

  async #isUnchangedBelow(directory: string, file: OpenedFile): Promise<boolean> {
    const checks = [this.#isUnchanged(file), this.#isDirectory(directory)]
    for (
      let slash = directory.indexOf('/');
      slash !== -1;
      slash = directory.indexOf('/', slash + 1)
    ) {
      checks.push(this.#isDirectory(directory.slice(0, slash)))
    }
    return (await Promise.all(checks)).every((passed) => passed)
  }

  async #isDirectory(name: string): Promise<boolean> {
    const stats = await this.#stats.lstat(join(this.#disk.root, name))
    return stats?.isDirectory() === true
  }
}
