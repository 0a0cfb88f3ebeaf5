import { join, resolve, sep } from 'node:path'
import type { FileSource, OpenResult } from '../source.js'
import type { DiskFile } from './disk-file.js'
import { openRegularFile } from './open-regular-file.js'
import { type PathOfOpenedFile, pathOfOpenedFile } from './opened-path.js'
import { RealRoot } from './real-root.js'

/** Which symlinks are followed: those that stay inside the root, all, or none. */
export type SymlinkPolicy = 'inside' | 'follow' | 'deny'

/** The files below a root directory. The root may also be a single file, whose name is then empty. */
export class DiskSource implements FileSource<DiskFile> {
  /** An absolute path. */
  readonly root: string
  readonly symlinks: SymlinkPolicy
  readonly #pathOf: PathOfOpenedFile
  readonly #realRoot: RealRoot

  /** @param pathOf tells the real path of an open file; by default in the best way of the platform */
  constructor(root: string, symlinks: SymlinkPolicy, pathOf: PathOfOpenedFile = pathOfOpenedFile) {
    this.root = resolve(root)
    this.symlinks = symlinks
    this.#pathOf = pathOf
    this.#realRoot = new RealRoot(this.root)
  }

  /**
   * Opens a file below the root. The root, or a directory above it, may be a symlink that a deployment
   * repoints between `realpath` and `open`; then the opened file is not inside the root that was resolved.
   * So a file that is missing or refused is opened once more, below the root resolved afresh.
   */
  async open(name: string): Promise<OpenResult<DiskFile>> {
    const path = join(this.root, name)
    if (this.symlinks === 'follow') return openRegularFile(path, { followSymlink: true })
    // Whether a file is inside the root is not known if the root cannot be resolved.
    return this.#openInside(name, path).catch((error: unknown) => ({ kind: 'missing', error }))
  }

  async #openInside(name: string, path: string): Promise<OpenResult<DiskFile>> {
    const before = this.#realRoot.latest
    const root = this.#realRoot.resolve()
    const { result, refused } = await this.#openBelow(root, name, path)
    if (result.kind !== 'missing') return result
    const after = await root
    const moved = before !== undefined && after !== before
    if (!refused && !moved) return result
    const now = await this.#realRoot.resolve()
    if (now === undefined) return result
    return (await this.#openBelow(Promise.resolve(now), name, path, join(now, name))).result
  }

  /** Opens a file if it is inside `root`; tells whether it was refused because it is not. */
  async #openBelow(
    root: Promise<string | undefined>,
    name: string,
    path: string,
    at = path,
  ): Promise<{ readonly result: OpenResult<DiskFile>; readonly refused: boolean }> {
    let refused = false
    const result = await openRegularFile(path, {
      at,
      // The root itself may be a symlink under every policy.
      followSymlink: this.symlinks === 'inside' || name === '',
      allowedPath: async (descriptor, stats) => {
        const opened = await this.#pathOf(descriptor, at, stats)
        const realName = this.#nameInside(opened, name, await root)
        refused = realName === undefined
        if (realName === undefined) return undefined
        return realName === name ? path : join(this.root, realName)
      },
    })
    return { result, refused }
  }

  /**
   * The name below the root of what was opened; `undefined` if that is not inside. A file at its own name was
   * reached without a symlink.
   */
  #nameInside(
    opened: string | undefined,
    name: string,
    root: string | undefined,
  ): string | undefined {
    if (opened === undefined || root === undefined) return undefined
    if (isAt(opened, join(root, name))) return name
    if (this.symlinks === 'deny') return undefined
    if (opened === root) return ''
    const directory = withSeparator(root)
    return opened.startsWith(directory) ? opened.slice(directory.length) : undefined
  }
}

/** Linux marks the path of a file that was replaced or deleted since it was opened. */
function isAt(opened: string, path: string): boolean {
  return opened === path || opened === `${path} (deleted)`
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep
}
