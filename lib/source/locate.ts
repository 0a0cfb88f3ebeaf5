import { basename, resolve, sep } from 'node:path'
import { httpError } from '../errors.js'
import { candidates } from '../path/candidates.js'
import { confinedName } from '../path/confined-name.js'
import { type DotfilePolicy, dotfileRefusal } from '../path/dotfiles.js'
import { type RefusalReason, statusOfRefusal } from '../path/refusal.js'
import { Disk, type SymlinkPolicy } from './disk.js'
import { findFile } from './find-file.js'
import { openRegularFile } from './open-file.js'
import type { Found, Source } from './source.js'

/** What the options say about which file a path means. */
export interface LocateSettings {
  readonly root: string | undefined
  readonly dotfiles: DotfilePolicy | undefined
  readonly symlinks: SymlinkPolicy
  readonly index: readonly string[]
  readonly extensions: readonly string[]
}

/** Opens the file that a path of the application means: below the root, or as it is without one. */
export function locate(path: string, settings: LocateSettings): Promise<Found> {
  return settings.root === undefined
    ? locateVouched(path, settings)
    : locateConfined(path, settings.root, settings)
}

function locateConfined(path: string, root: string, settings: LocateSettings): Promise<Found> {
  const verdict = confinedName(path, process.platform)
  if (!verdict.ok) return refused(verdict.reason)
  const refusal = dotfileRefusal(verdict.name, settings.dotfiles ?? 'ignore')
  if (refusal !== undefined) return refused(refusal)
  const { name, trailingSlash } = verdict
  const wanted = candidates(name, trailingSlash, settings.index, settings.extensions)
  return findFile(diskAt(root, settings.symlinks), wanted)
}

/** The application vouches for the path; dotfiles are judged if it says so, on the last name only. */
function locateVouched(path: string, settings: LocateSettings): Promise<Found> {
  if (path.includes('\0')) return refused('malformed')
  const full = resolve(path)
  if (settings.dotfiles !== undefined) {
    const refusal = dotfileRefusal(basename(full), settings.dotfiles)
    if (refusal !== undefined) return refused(refusal)
  }
  const trailingSlash = path.endsWith('/') || path.endsWith(sep)
  return findFile(vouched, candidates(full, trailingSlash, settings.index, settings.extensions))
}

function refused(reason: RefusalReason): Promise<Found> {
  return Promise.resolve({ kind: 'nothing', error: httpError(statusOfRefusal[reason]) })
}

const vouched: Source = { open: (path) => openRegularFile(path, { followLink: true }) }

// Whoever asks for files below one root at the same time shares the look at where it really is.
const ROOTS_AT_MOST = 64
const disks = new Map<string, Disk>()

function diskAt(root: string, symlinks: SymlinkPolicy): Disk {
  const key = `${symlinks}:${resolve(root)}`
  const known = disks.get(key)
  if (known !== undefined) return known
  if (disks.size >= ROOTS_AT_MOST) disks.clear()
  const disk = new Disk(root, symlinks)
  disks.set(key, disk)
  return disk
}
