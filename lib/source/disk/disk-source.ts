import { join, resolve, sep } from 'node:path'
import type { OpenResult, Source } from '../source.js'
import type { DiskFile } from './disk-file.js'
import { openRegularFile } from './open-regular-file.js'
import { type PathOfOpenedFile, pathOfOpenedFile } from './opened-path.js'
import { RealRoot } from './real-root.js'

/** Which symbolic links lead to a file: those that stay below the root, all, or none. */
export type SymlinkPolicy = 'inside' | 'follow' | 'deny'

/** The files below one root folder. The root may also be a single file, whose name is then empty. */
export class DiskSource implements Source<DiskFile> {
  /** Where it is, as an absolute path. */
  readonly root: string
  readonly symlinks: SymlinkPolicy
  readonly #pathOf: PathOfOpenedFile
  readonly #realRoot: RealRoot

  /** @param pathOf how to tell where an open file stands; by default as well as the system can */
  constructor(root: string, symlinks: SymlinkPolicy, pathOf: PathOfOpenedFile = pathOfOpenedFile) {
    this.root = resolve(root)
    this.symlinks = symlinks
    this.#pathOf = pathOf
    this.#realRoot = new RealRoot(this.root)
  }

  /**
   * A deployment may point the root, or a directory above it, elsewhere between the look at the root and
   * the opening, and then the file that was opened is not below the root that was seen. So what is not
   * found there is opened once more, below the root as it is then, whose path has no link in it.
   */
  async open(name: string): Promise<OpenResult<DiskFile>> {
    const path = join(this.root, name)
    if (this.symlinks === 'follow') return openRegularFile(path, { followLink: true })
    const before = this.#realRoot.latest
    const root = this.#realRoot.resolve()
    const { found, refused } = await this.#openBelow(root, name, path)
    if (found.kind !== 'missing') return found
    const moved = before !== undefined && (await root) !== before
    if (!refused && !moved) return found
    const again = await this.#realRoot.resolve()
    if (again === undefined) return found
    return (await this.#openBelow(Promise.resolve(again), name, path, join(again, name))).found
  }

  /** Opens a file, if it really is below `root`; tells whether it was refused because it is not. */
  async #openBelow(
    root: Promise<string | undefined>,
    name: string,
    path: string,
    at = path,
  ): Promise<{ readonly found: OpenResult<DiskFile>; readonly refused: boolean }> {
    let refused = false
    const found = await openRegularFile(path, {
      at,
      // The root itself may be a link, whatever is thought of links below it.
      followLink: this.symlinks === 'inside' || name === '',
      isAllowed: async (descriptor, stats) => {
        const opened = await this.#pathOf(descriptor, at, stats)
        refused = !this.#admits(opened, name, await root)
        return !refused
      },
    })
    return { found, refused }
  }

  /** A file at its own name below the root involves no link. */
  #admits(opened: string | undefined, name: string, root: string | undefined): boolean {
    if (opened === undefined || root === undefined) return false
    if (this.symlinks === 'deny') return isAt(opened, join(root, name))
    return opened === root || opened.startsWith(withSeparator(root))
  }
}

/** Linux marks the path of a file that was replaced or removed since it was opened. */
function isAt(opened: string, path: string): boolean {
  return opened === path || opened === `${path} (deleted)`
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep
}
