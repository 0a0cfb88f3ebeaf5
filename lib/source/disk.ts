import type { BigIntStats } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { DiskFile } from './disk-file.js'
import { openRegularFile } from './open-file.js'
import { openedPath, realPath } from './opened-path.js'
import type { Found, Source } from './source.js'

/** Which symbolic links lead to a file: those that stay below the root, all, or none. */
export type SymlinkPolicy = 'inside' | 'follow' | 'deny'

/** The files below one root folder. The root may also be a single file, whose name is then empty. */
export class Disk implements Source<DiskFile> {
  /** Where it is, as an absolute path. */
  readonly root: string
  readonly symlinks: SymlinkPolicy
  #realRoot: string | undefined

  constructor(root: string, symlinks: SymlinkPolicy) {
    this.root = resolve(root)
    this.symlinks = symlinks
  }

  open(name: string): Promise<Found<DiskFile>> {
    const path = join(this.root, name)
    if (this.symlinks === 'follow') return openRegularFile(path, { followLink: true })
    return openRegularFile(path, {
      followLink: this.symlinks === 'inside' || name === '',
      admit: (descriptor, stats) => this.#admits(name, path, descriptor, stats),
    })
  }

  async #admits(
    name: string,
    path: string,
    descriptor: number,
    stats: BigIntStats,
  ): Promise<boolean> {
    const opened = await openedPath(descriptor, path, stats)
    if (opened === undefined) return false
    if (this.#realRoot !== undefined && this.#allows(opened, name, this.#realRoot)) return true
    // The root may itself be a link that a deployment points elsewhere, so one look is not for ever.
    this.#realRoot = await realPath(this.root)
    return this.#realRoot !== undefined && this.#allows(opened, name, this.#realRoot)
  }

  #allows(opened: string, name: string, realRoot: string): boolean {
    if (this.symlinks === 'deny') return opened === join(realRoot, name)
    return opened === realRoot || opened.startsWith(withSeparator(realRoot))
  }
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep
}

/** One file that the application vouches for, wherever it is. */
export function openVouched(path: string): Promise<Found> {
  return openRegularFile(path, { followLink: true })
}
