import { join, resolve, sep } from 'node:path'
import type { OpenResult, Source } from '../source.js'
import type { DiskFile } from './disk-file.js'
import { openRegularFile } from './open-regular-file.js'
import { type PathOfOpenedFile, pathOfOpenedFile } from './opened-path.js'
import { RealRoot } from './real-root.js'

/** Which symlinks are followed: those whose target is inside the root, all, or none. */
export type SymlinkPolicy = 'inside' | 'follow' | 'deny'

/** The files below one root directory. The root may also be a single file, whose name is empty. */
export class DiskSource implements Source<DiskFile> {
  /** An absolute path. */
  readonly root: string
  readonly symlinks: SymlinkPolicy
  readonly #pathOf: PathOfOpenedFile
  readonly #realRoot: RealRoot

  /** @param pathOf finds the real path of an open file; the default uses the best way that the system offers */
  constructor(root: string, symlinks: SymlinkPolicy, pathOf: PathOfOpenedFile = pathOfOpenedFile) {
    this.root = resolve(root)
    this.symlinks = symlinks
    this.#pathOf = pathOf
    this.#realRoot = new RealRoot(this.root)
  }

  /**
   * A deployment may point the root, or a directory above it, elsewhere between resolving the root and
   * opening the file. The file is then not inside the root that was resolved. So a file that was not found
   * is opened once more, below the newly resolved root, whose path contains no symlink.
   */
  async open(name: string): Promise<OpenResult<DiskFile>> {
    const path = join(this.root, name)
    if (this.symlinks === 'follow') return openRegularFile(path, { followSymlink: true })
    const previousRoot = this.#realRoot.latest
    const root = this.#realRoot.resolve()
    const { result, refused } = await this.#openBelow(root, name, path)
    if (result.kind !== 'missing') return result
    const moved = previousRoot !== undefined && (await root) !== previousRoot
    if (!refused && !moved) return result
    const newRoot = await this.#realRoot.resolve()
    if (newRoot === undefined) return result
    return (await this.#openBelow(Promise.resolve(newRoot), name, path, join(newRoot, name))).result
  }

  /** Opens a file if its real path is inside `root`. `refused` tells that it exists, but outside. */
  async #openBelow(
    root: Promise<string | undefined>,
    name: string,
    path: string,
    openAt = path,
  ): Promise<{ readonly result: OpenResult<DiskFile>; readonly refused: boolean }> {
    let refused = false
    const result = await openRegularFile(path, {
      openAt,
      // The root itself may be a symlink, whatever the policy for symlinks below it.
      followSymlink: this.symlinks === 'inside' || name === '',
      isAllowed: async (descriptor, stats) => {
        const realPath = await this.#pathOf(descriptor, openAt, stats)
        refused = !this.#isAllowed(realPath, name, await root)
        return !refused
      },
    })
    return { result, refused }
  }

  /** A file whose real path is the root joined with its name was reached without a symlink. */
  #isAllowed(realPath: string | undefined, name: string, root: string | undefined): boolean {
    if (realPath === undefined || root === undefined) return false
    if (this.symlinks === 'deny') return isSamePath(realPath, join(root, name))
    return realPath === root || realPath.startsWith(withSeparator(root))
  }
}

/** Linux appends a mark to the path of a file that was replaced or removed since it was opened. */
function isSamePath(realPath: string, path: string): boolean {
  return realPath === path || realPath === `${path} (deleted)`
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep
}
