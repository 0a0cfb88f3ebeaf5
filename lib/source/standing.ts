import { join } from 'node:path'
import type { Disk } from './disk.js'
import { type FileVersion, hasVersion } from './file-version.js'
import { SharedLooks } from './shared-looks.js'

/** A file that was opened at a name, or what was kept of it. */
export interface KnownFile {
  readonly path: string
  readonly version: FileVersion
}

/**
 * Tells whether a file that was opened before is what opening it again would find.
 *
 * The rules about links hold without opening it: they are met by whatever no link leads to, so every
 * step of the way is looked at, and a folder that became a link meanwhile is not a folder.
 */
export class Standing {
  readonly #disk: Disk
  readonly #looks = new SharedLooks()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  /** Whether this version of this file stands at its name now, with no link on the way. */
  stands(name: string, file: KnownFile): Promise<boolean> {
    if (this.#disk.symlinks === 'follow') return this.#isBehind(file)
    const slash = name.lastIndexOf('/')
    return slash === -1 ? this.#isAt(file) : this.#isBelow(name.slice(0, slash), file)
  }

  async #isBehind({ path, version }: KnownFile): Promise<boolean> {
    const now = await this.#looks.throughLinks(path)
    return now !== undefined && hasVersion(now, version)
  }

  async #isAt({ path, version }: KnownFile): Promise<boolean> {
    const now = await this.#looks.atItself(path)
    return now?.isFile() === true && hasVersion(now, version)
  }

  async #isBelow(folder: string, file: KnownFile): Promise<boolean> {
    const looks = [this.#isAt(file), this.#isFolder(folder)]
    for (let slash = folder.indexOf('/'); slash !== -1; slash = folder.indexOf('/', slash + 1)) {
      looks.push(this.#isFolder(folder.slice(0, slash)))
    }
    return (await Promise.all(looks)).every((stands) => stands)
  }

  async #isFolder(name: string): Promise<boolean> {
    const now = await this.#looks.atItself(join(this.#disk.root, name))
    return now?.isDirectory() === true
  }
}
