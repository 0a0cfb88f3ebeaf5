import { join } from 'node:path'
import { CoalescedStats } from '../disk/coalesced-stats.js'
import type { DiskSource } from '../disk/disk-source.js'
import { type FileVersion, hasVersion } from '../disk/file-version.js'

/** A file that was opened at a name, or what was kept of it. */
export interface OpenedFile {
  readonly path: string
  readonly version: FileVersion
}

/**
 * Tells whether a file that was opened before is what opening it again would find.
 *
 * The rules about links hold without opening it: they are met by whatever no link leads to, so every
 * step of the way is looked at, and a folder that became a link meanwhile is not a folder.
 */
export class CacheValidator {
  readonly #disk: DiskSource
  readonly #looks = new CoalescedStats()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  /** Whether this version of this file stands at its name now, with no link on the way. */
  isFresh(name: string, file: OpenedFile): Promise<boolean> {
    if (this.#disk.symlinks === 'follow') return this.#isBehind(file)
    const slash = name.lastIndexOf('/')
    return slash === -1 ? this.#isAt(file) : this.#isBelow(name.slice(0, slash), file)
  }

  async #isBehind({ path, version }: OpenedFile): Promise<boolean> {
    const now = await this.#looks.stat(path)
    return now !== undefined && hasVersion(now, version)
  }

  async #isAt({ path, version }: OpenedFile): Promise<boolean> {
    const now = await this.#looks.lstat(path)
    return now?.isFile() === true && hasVersion(now, version)
  }

  async #isBelow(directory: string, file: OpenedFile): Promise<boolean> {
    const looks = [this.#isAt(file), this.#isDirectory(directory)]
    for (
      let slash = directory.indexOf('/');
      slash !== -1;
      slash = directory.indexOf('/', slash + 1)
    ) {
      looks.push(this.#isDirectory(directory.slice(0, slash)))
    }
    return (await Promise.all(looks)).every((stands) => stands)
  }

  async #isDirectory(name: string): Promise<boolean> {
    const now = await this.#looks.lstat(join(this.#disk.root, name))
    return now?.isDirectory() === true
  }
}
