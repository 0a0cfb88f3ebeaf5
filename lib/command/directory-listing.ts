import { canonicalName } from '../path/canonical-name.js'
import type { DiskSource } from '../source/disk/disk-source.js'
import { type DirectoryEntry, entryDetails, readDirectory } from '../source/disk/read-directory.js'
import { directoryPage } from './directory-page.js'

/**
 * Reads a directory and returns the page that lists it.
 *
 * @throws the error of the file system
 */
export async function directoryListing(
  disk: DiskSource,
  directory: string,
  dotfiles: boolean,
): Promise<AsyncGenerator<string>> {
  const isListed = (name: string) => (dotfiles || !name.startsWith('.')) && isServable(name)
  const entries = await readDirectory(disk, directory, isListed)
  entries.sort(directoriesFirst)
  return directoryPage(directory, entryDetails(disk, directory, entries))
}

/** Whether the link to a name is not refused: a name with a control character or a backslash is. */
function isServable(name: string): boolean {
  try {
    return canonicalName(`/${encodeURIComponent(name)}`, process.platform).ok
  } catch {
    // A name on Windows may be malformed UTF-16.
    return false
  }
}

// The same order on every machine, and with file2 before file10.
const { compare } = new Intl.Collator('en', { numeric: true })

function directoriesFirst(one: DirectoryEntry, other: DirectoryEntry): number {
  if (one.kind !== other.kind) return one.kind === 'directory' ? -1 : 1
  return compare(one.name, other.name)
}
