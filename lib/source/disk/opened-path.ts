import { type BigIntStats, lstat, readlinkSync, realpath } from 'node:fs'
import { errnoOf } from '../../errors.js'

/**
 * Tells the real path of a file that is open, or `undefined` where it cannot be told. `path` is the
 * one it was opened by, `opened` what the descriptor says of it. Without a descriptor `opened` is what
 * `path` says, of a directory that cannot be opened.
 */
export type PathOfOpenedFile = (
  descriptor: number | undefined,
  path: string,
  opened: BigIntStats,
) => Promise<string | undefined>

// Not on other systems, and not in a chroot without /proc.
let hasProcSelfFd = process.platform === 'linux'

/** By the descriptor where the system can, else by looking for the same file at the path. */
export const pathOfOpenedFile: PathOfOpenedFile = async (descriptor, path, opened) =>
  procPathOfDescriptor(descriptor) ?? (await pathOfSameFile(path, opened))

/**
 * Linux says where a descriptor's file stands, exactly and without asking the disk: what is judged
 * is the file that is served, so no swap of a link or folder matters, however well timed.
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
 * Elsewhere: the path's real path, if the very file that is open stands there. `lstat`, since a link
 * put there after `realpath` looked would lead `stat` to the file that was opened.
 */
export async function pathOfSameFile(
  path: string,
  opened: BigIntStats,
): Promise<string | undefined> {
  const real = await realPath(path)
  if (real === undefined) return undefined
  const there = await lstatOf(real)
  return there?.dev === opened.dev && there.ino === opened.ino ? real : undefined
}

// Node's own asks for every directory of the path, one after the other. The system's takes one call;
// but where names have several spellings it returns another than was asked for.
const followLinks = process.platform === 'linux' ? realpath.native : realpath

/** The path with every link followed, or `undefined` where there is none. */
export function realPath(path: string): Promise<string | undefined> {
  return new Promise((resolve) =>
    followLinks(path, (error, real) => resolve(error ? undefined : real)),
  )
}

function lstatOf(path: string): Promise<BigIntStats | undefined> {
  return new Promise((resolve) =>
    lstat(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}
