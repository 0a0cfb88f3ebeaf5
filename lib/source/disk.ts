import { join, resolve, sep } from 'node:path'
import type { DiskFile } from './disk-file.js'
import { openRegularFile } from './open-file.js'
import { type OpenedPath, openedPath, realPath } from './opened-path.js'
import type { Found, Source } from './source.js'

/** Which symbolic links lead to a file: those that stay below the root, all, or none. */
export type SymlinkPolicy = 'inside' | 'follow' | 'deny'

/** The files below one root folder. The root may also be a single file, whose name is then empty. */
export class Disk implements Source<DiskFile> {
  /** Where it is, as an absolute path. */
  readonly root: string
  readonly symlinks: SymlinkPolicy
  readonly #pathOf: OpenedPath
  #realRoot: string | undefined

  /** @param pathOf how to tell where an open file stands; by default as well as the system can */
  constructor(root: string, symlinks: SymlinkPolicy, pathOf: OpenedPath = openedPath) {
    this.root = resolve(root)
    this.symlinks = symlinks
    this.#pathOf = pathOf
  }

  open(name: string): Promise<Found<DiskFile>> {
    const path = join(this.root, name)
    if (this.symlinks === 'follow') return openRegularFile(path, { followLink: true })
    const rootBefore = this.#realRoot
    return openRegularFile(path, {
      // The root itself may be a link, whatever is thought of links below it.
      followLink: this.symlinks === 'inside' || name === '',
      admit: async (descriptor, stats) => {
        const opened = await this.#pathOf(descriptor, path, stats)
        return opened !== undefined && (await this.#admits(opened, name, rootBefore))
      },
    })
  }

  /**
   * A file at its own name below the root of a moment ago involves no link. For any other the root
   * is looked up anew: it may be a link itself, that a deployment has pointed elsewhere since.
   */
  async #admits(opened: string, name: string, rootBefore: string | undefined): Promise<boolean> {
    if (rootBefore !== undefined && isAt(opened, join(rootBefore, name))) return true
    const root = await realPath(this.root)
    this.#realRoot = root
    if (root === undefined) return false
    if (this.symlinks === 'deny') return isAt(opened, join(root, name))
    return opened === root || opened.startsWith(withSeparator(root))
  }
}

/** Linux marks the path of a file that was replaced or removed since it was opened. */
function isAt(opened: string, path: string): boolean {
  return opened === path || opened === `${path} (deleted)`
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep
}
