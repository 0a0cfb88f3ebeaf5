import { basename, resolve, sep } from 'node:path'
import { httpError } from '../../errors.js'
import { candidates } from '../../path/candidates.js'
import { confinedName } from '../../path/confined-name.js'
import { type DotfilePolicy, dotfileRefusal } from '../../path/dotfiles.js'
import { type RefusalReason, statusOfRefusal } from '../../path/refusal.js'
import { openFirst } from '../open-first.js'
import type { FileSource, OpenResult } from '../source.js'
import { DiskSource, type SymlinkPolicy } from './disk-source.js'
import { openRegularFile } from './open-regular-file.js'

/** The options that decide which file a path means. */
export interface OpenPathSettings {
  readonly root: string | undefined
  readonly dotfiles: DotfilePolicy | undefined
  readonly symlinks: SymlinkPolicy
  readonly index: readonly string[]
  readonly extensions: readonly string[]
}

/** Opens a path of the application: confined to `root`, or as it is without one. */
export function openPath(path: string, settings: OpenPathSettings): Promise<OpenResult> {
  return settings.root === undefined
    ? openUnconfined(path, settings)
    : openConfined(path, settings.root, settings)
}

function openConfined(path: string, root: string, settings: OpenPathSettings): Promise<OpenResult> {
  const verdict = confinedName(path, process.platform)
  if (!verdict.ok) return refused(verdict.reason)
  const refusal = dotfileRefusal(verdict.name, settings.dotfiles ?? 'ignore')
  if (refusal !== undefined) return refused(refusal)
  const { name, trailingSlash } = verdict
  const names = candidates(name, trailingSlash, settings.index, settings.extensions)
  return openFirst(diskSourceAt(root, settings.symlinks), names)
}

/** The application is responsible for the path. With `dotfiles` given, its last segment is judged. */
function openUnconfined(path: string, settings: OpenPathSettings): Promise<OpenResult> {
  if (path.includes('\0')) return refused('malformed')
  const full = resolve(path)
  if (settings.dotfiles !== undefined) {
    const refusal = dotfileRefusal(basename(full), settings.dotfiles)
    if (refusal !== undefined) return refused(refusal)
  }
  const trailingSlash = path.endsWith('/') || path.endsWith(sep)
  return openFirst(
    unconfinedSource,
    candidates(full, trailingSlash, settings.index, settings.extensions),
  )
}

function refused(reason: RefusalReason): Promise<OpenResult> {
  return Promise.resolve({ kind: 'missing', error: httpError(statusOfRefusal[reason]) })
}

const unconfinedSource: FileSource = {
  open: (path) => openRegularFile(path, { followSymlink: true }),
}

// Concurrent requests below one root share a `realpath` of it, so its source is kept.
const MAX_KEPT_ROOTS = 64
const diskSources = new Map<string, DiskSource>()

function diskSourceAt(root: string, symlinks: SymlinkPolicy): DiskSource {
  const key = `${symlinks}:${resolve(root)}`
  const known = diskSources.get(key)
  if (known !== undefined) return known
  if (diskSources.size >= MAX_KEPT_ROOTS) diskSources.clear()
  const disk = new DiskSource(root, symlinks)
  diskSources.set(key, disk)
  return disk
}
