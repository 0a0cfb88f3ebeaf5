import { readdir, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { DiskSource } from './disk-source.js'

/** A regular file or a directory. */
export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory'
}

/** An entry with its size and its mtime. */
export interface DirectoryEntryDetails extends DirectoryEntry {
  /** In bytes. */
  readonly size: number
  readonly mtimeMs: number
}

// The thread pool has few threads, which other requests use too.
const CONCURRENT_CALLS = 32

/** Whether there is a directory, or a symlink to one, at a path. */
export async function isDirectory(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isDirectory() === true
}

/**
 * The entries of a directory that are regular files, directories, or symlinks to one of them that `disk`
 * follows, in no particular order; none if `disk` does not follow the directory itself.
 *
 * @param isListed whether an entry of that name is wanted
 * @throws the error of the file system
 */
export async function readDirectory(
  disk: DiskSource,
  directory: string,
  isListed: (name: string) => boolean,
): Promise<DirectoryEntry[]> {
  const all = await readdir(join(disk.root, directory), { withFileTypes: true })
  // It may have been replaced by a symlink out of the root since it was found.
  if ((await kindAt(disk, directory)) !== 'directory') return []
  const entries: DirectoryEntry[] = []
  const symlinks: string[] = []
  for (const entry of all) {
    const { name } = entry
    if (!isListed(name)) continue
    if (entry.isFile()) entries.push({ name, kind: 'file' })
    else if (entry.isDirectory()) entries.push({ name, kind: 'directory' })
    else if (entry.isSymbolicLink()) symlinks.push(name)
  }
  for await (const found of inBatches(symlinks, (name) => followed(disk, directory, name))) {
    entries.push(...found)
  }
  return entries
}

/** The entries with their details, in the same order and in batches. Entries that have disappeared are left out. */
export function entryDetails(
  disk: DiskSource,
  directory: string,
  entries: readonly DirectoryEntry[],
): AsyncGenerator<DirectoryEntryDetails[]> {
  return inBatches(entries, async (entry) => {
    const stats = await stat(join(disk.root, directory, entry.name)).catch(() => undefined)
    return stats && { ...entry, size: stats.size, mtimeMs: stats.mtimeMs }
  })
}

/** A symlink is listed if a request for it would be served, so it is judged in the same way. */
async function followed(
  disk: DiskSource,
  directory: string,
  name: string,
): Promise<DirectoryEntry | undefined> {
  const kind = await kindAt(disk, posix.join(directory, name))
  return kind && { name, kind }
}

async function kindAt(disk: DiskSource, name: string): Promise<DirectoryEntry['kind'] | undefined> {
  const result = await disk.open(name)
  if (result.kind === 'missing') return undefined
  if (result.kind === 'file') result.file.close()
  return result.kind
}

async function* inBatches<T, R extends object>(
  items: readonly T[],
  call: (item: T) => Promise<R | undefined>,
): AsyncGenerator<R[]> {
  for (let start = 0; start < items.length; start += CONCURRENT_CALLS) {
    const results = await Promise.all(items.slice(start, start + CONCURRENT_CALLS).map(call))
    yield results.filter((result) => result !== undefined)
  }
}
