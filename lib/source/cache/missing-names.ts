import { dirname, join } from 'node:path'
import { createLRU } from 'lru.min'
import { isMissing } from '../../errors.js'
import { CoalescedStats } from '../disk/coalesced-stats.js'
import { type FileVersion, hasVersion, isSettled, versionOf } from '../disk/file-version.js'
import type { FileSource, OpenResult } from '../source.js'

// A name is at most 255 bytes longer than the path of a directory that exists.
const MAX_NAMES = 4096

/**
 * Opens files of which many are missing, and remembers those. A missing name is still missing if its directory
 * has not changed, so one `stat` stands for all names of a directory that are requested in the same turn of the
 * event loop.
 *
 * Some network file systems do not change the times of a directory when a file is added to it. So this is for
 * files that may be overlooked for a while.
 */
export class MissingNames implements FileSource {
  readonly #files: FileSource
  readonly #root: string
  readonly #directories = createLRU<string, FileVersion>({ max: MAX_NAMES })
  readonly #stats = new CoalescedStats()

  /** @param root the directory of the files, an absolute path */
  constructor(files: FileSource, root: string) {
    this.#files = files
    this.#root = root
  }

  /** Whether a name was missing the last time. */
  wasMissing(name: string): boolean {
    return this.#directories.has(name)
  }

  async open(name: string): Promise<OpenResult> {
    const directory = this.#directories.get(name)
    if (directory !== undefined && (await this.#isUnchanged(name, directory)))
      return { kind: 'missing' }
    const result = await this.#files.open(name)
    // A failure of the disk does not say that nothing is there.
    if (result.kind === 'missing' && isMissing(result.error)) void this.#remember(name)
    return result
  }

  async #isUnchanged(name: string, version: FileVersion): Promise<boolean> {
    const now = await this.#statDirectory(name)
    if (typeof now === 'object' && hasVersion(now, version)) return true
    this.#directories.delete(name)
    return false
  }

  /** The directory is asked first: if the name is added meanwhile, the directory has another version. */
  async #remember(name: string): Promise<void> {
    const directory = await this.#statDirectory(name)
    if (typeof directory !== 'object' || !isSettled(directory)) return
    // A symlink without a target is there, and its target may appear in another directory.
    const entry = await this.#stats.lstat(join(this.#root, name))
    if (entry === 'missing') this.#directories.set(name, versionOf(directory))
  }

  #statDirectory(name: string) {
    return this.#stats.stat(dirname(join(this.#root, name)))
  }
}
