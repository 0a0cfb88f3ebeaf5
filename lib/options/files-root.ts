import {
  DirectoryFiles,
  FirstFoundFiles,
  fileSourceOf,
  partsOf,
} from '../source/built-in-source.js'
import { isOffDisk } from '../source/custom/off-disk.js'
import type { Source } from '../source/custom/source-contract.js'
import type { SymlinkPolicy } from '../source/disk/disk-source.js'
import { ExcludingSource } from '../source/excluding-source.js'
import type { FileSource } from '../source/source.js'
import { directoryPath } from './file-path.js'
import { describeValue, givenNames } from './option-rules.js'
import type { StreamFilesOptions } from './option-types.js'
import type { StreamFilesSettings } from './stream-files-options.js'

/** Where files come from: the path or `file:` URL of a directory, or a source. */
export type FilesRoot = string | URL | Source

/** What is wrong with `sendfile: true` where no file can be on the disk. */
export const NO_SENDFILE =
  '"sendfile" is for files of the disk, which this source does not have; "auto" is accepted'

const DIRECTORY = 'the path or file: URL of a directory'

/**
 * What `streamFiles` serves.
 *
 * @throws TypeError if a root is invalid, or an option does not apply to it
 */
export function filesOfRoots(
  root: FilesRoot | readonly FilesRoot[],
  options: StreamFilesOptions | null | undefined,
  { symlinks, cache, exclude, precompressed }: StreamFilesSettings,
): FileSource {
  const roots: readonly FilesRoot[] = isList(root) ? root : [root]
  const sources = roots.map((one) => sourceOfRoot('streamFiles', one, symlinks))
  const [first] = sources
  if (first === undefined) throw new TypeError('streamFiles: root must not be an empty array')
  checkDiskOptions(roots, sources, options)
  const source = sources.length === 1 ? first : new FirstFoundFiles(sources)
  const files = fileSourceOf(source, cache, precompressed.length > 0)
  return exclude.length === 0 ? files : new ExcludingSource(files, exclude)
}

/**
 * The directory whose files the server in front sends.
 *
 * @throws TypeError if the root is anything else
 */
export function offloadedDirectory(root: FilesRoot | readonly FilesRoot[]): string {
  const directory = directoryPath(root)
  if (directory !== undefined) return directory
  throw new TypeError('streamFiles: option "offload" is for a root that is one path')
}

/** @throws TypeError that names the caller and what it accepts */
export function sourceOfRoot(caller: string, root: FilesRoot, symlinks: SymlinkPolicy): Source {
  if (isSource(root)) return root
  const directory = directoryPath(root)
  if (directory !== undefined) return new DirectoryFiles(directory, symlinks)
  const accepted =
    caller === 'streamFiles'
      ? `root must be ${DIRECTORY}, a source, or an array of these`
      : `a source must be ${DIRECTORY}, or a source`
  throw new TypeError(`${caller}: ${accepted}, not ${describeValue(root)}`)
}

/** Whether a value is a source: any object with `open`. */
export function isSource(value: unknown): value is Source {
  return (
    typeof value === 'object' &&
    value !== null &&
    'open' in value &&
    typeof value.open === 'function'
  )
}

function isList(root: FilesRoot | readonly FilesRoot[]): root is readonly FilesRoot[] {
  return Array.isArray(root)
}

/** An option that has no effect is a mistake, and perhaps a dangerous one. */
function checkDiskOptions(
  roots: readonly FilesRoot[],
  sources: readonly Source[],
  options: StreamFilesOptions | null | undefined,
): void {
  const given = givenNames(options)
  const parts = sources.flatMap(partsOf)
  if (given.has('symlinks') && roots.every(isSource)) {
    throw new TypeError(
      'streamFiles: option "symlinks" is for a root that is a path; a source has a policy of its own',
    )
  }
  if (given.has('cache') && !parts.some((part) => part instanceof DirectoryFiles)) {
    throw new TypeError('streamFiles: option "cache" is for files of the disk')
  }
  if (options?.sendfile === true && parts.every(isOffDisk)) {
    throw new TypeError(`streamFiles: option ${NO_SENDFILE}`)
  }
}
