import { basename, resolve, sep } from 'node:path'
import { httpError } from '../../errors.js'
import { candidates } from '../../path/candidates.js'
import { confinedName } from '../../path/confined-name.js'
import { type DotfilePolicy, dotfileRefusal } from '../../path/dotfiles.js'
import { type RefusalReason, statusOfRefusal } from '../../path/refusal.js'
import { openFirst } from '../open-first.js'
import type { OpenResult, Source } from '../source.js'
import { DiskSource, type SymlinkPolicy } from './disk-source.js'
import { openRegularFile } from './open-regular-file.js'

/** The options that determine which file a path refers to. */
export interface OpenPathSettings {
  readonly root: string | undefined
  readonly dotfiles: DotfilePolicy | undefined
  readonly symlinks: SymlinkPolicy
  readonly index: readonly string[]
  readonly extensions: readonly string[]
}

/** Opens a path that the application passed: confined to `root` if there is one, otherwise as it is. */
export function openPath(path: string, settings: OpenPathSettings): Promise<OpenResult> {
  return settings.root === undefined
    ? openUnconfined(path, settings)
    : openConfined(path, settings.root, settings)
}

function openConfined(path: string, root: string, settings: OpenPathSettings): Promise<OpenResult> {
  const confined = confinedName(path, process.platform)
  if (!confined.ok) return refused(confined.reason)
  const refusal = dotfileRefusal(confined.name, settings.dotfiles ?? 'ignore')
  if (refusal !== undefined) return refused(refusal)
  const { name, trailingSlash } = confined
  return openFirst(
    diskSourceAt(root, settings.symlinks),
    candidates(name, trailingSlash, settings.index, settings.extensions),
  )
}

/** The application vouches for the path. If it sets `dotfiles`, that applies to the last segment only. */
function openUnconfined(path: string, settings: OpenPathSettings): Promise<OpenResult> {
  if (path.includes('\0')) return refused('malformed')
  const absolute = resolve(path)
  if (settings.dotfiles !== undefined) {
    const refusal = dotfileRefusal(basename(absolute), settings.dotfiles)
    if (refusal !== undefined) return refused(refusal)
  }
  const trailingSlash = path.endsWith('/') || path.endsWith(sep)
  return openFirst(
    unconfinedSource,
    candidates(absolute, trailingSlash, settings.index, settings.extensions),
  )
}

function refused(reason: RefusalReason): Promise<OpenResult> {
  return Promise.resolve({ kind: 'missing', error: httpError(statusOfRefusal[reason]) })
}

const unconfinedSource: Source = { open: (path) => openRegularFile(path, { followSymlink: true }) }

// Reused, so that concurrent requests for files below one root share one call that resolves the root.
const MAX_DISK_SOURCES = 64
const diskSources = new Map<string, DiskSource>()

function diskSourceAt(root: string, symlinks: SymlinkPolicy): DiskSource {
  const key = `${symlinks}:${resolve(root)}`
  const existing = diskSources.get(key)
  if (existing !== undefined) return existing
  if (diskSources.size >= MAX_DISK_SOURCES) diskSources.clear()
  const disk = new DiskSource(root, symlinks)
  diskSources.set(key, disk)
  return disk
}
