import { type BigIntStats, lstat, readlinkSync, realpath } from 'node:fs'
import { errnoOf } from '../../errors.js'

/**
 * Finds the real path of an open file, or `undefined` if it cannot be found. `path` is the path that was
 * opened, and `opened` the result of `fstat`. A directory that cannot be opened has no descriptor; then
 * `opened` is the result of `stat` on `path`.
 */
export type PathOfOpenedFile = (
  descriptor: number | undefined,
  path: string,
  opened: BigIntStats,
) => Promise<string | undefined>

// False on other platforms, and in a chroot without /proc.
let hasProcSelfFd = process.platform === 'linux'

/** Asks the system for the descriptor's path if it can tell, and compares inodes otherwise. */
export const pathOfOpenedFile: PathOfOpenedFile = async (descriptor, path, opened) =>
  procPathOfDescriptor(descriptor) ?? (await pathOfSameFile(path, opened))

/**
 * Linux reports the path of an open descriptor without a disk access. The path belongs to the file that
 * will be served, so replacing a symlink or a directory meanwhile changes nothing.
 */
function procPathOfDescriptor(descriptor: number | undefined): string | undefined {
  if (!hasProcSelfFd || descriptor === undefined) return undefined
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') hasProcSelfFd = false
    return undefined
  }
}

/**
 * The `realpath` of the path, if the file there has the inode of the open one. It uses `lstat`, because
 * `stat` would follow a symlink that was put there after `realpath` had resolved the path.
 */
export async function pathOfSameFile(
  path: string,
  opened: BigIntStats,
): Promise<string | undefined> {
  const real = await realPath(path)
  if (real === undefined) return undefined
  const stats = await lstatPath(real)
  return stats?.dev === opened.dev && stats.ino === opened.ino ? real : undefined
}

// Node's `realpath` calls `lstat` for every directory of the path in turn. The native one takes one call.
// On case-insensitive file systems it may return another spelling of the path, so it is used on Linux only.
const resolveSymlinks = process.platform === 'linux' ? realpath.native : realpath

/** The path with every symlink resolved, or `undefined` if it does not exist. */
export function realPath(path: string): Promise<string | undefined> {
  return new Promise((resolve) =>
    resolveSymlinks(path, (error, real) => resolve(error ? undefined : real)),
  )
}

function lstatPath(path: string): Promise<BigIntStats | undefined> {
  return new Promise((resolve) =>
    lstat(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}
