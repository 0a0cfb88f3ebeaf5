import { type BigIntStats, fstatSync, lstat, readlinkSync, realpath } from 'node:fs'
import { errnoOf, isMissing } from '../../errors.js'

/**
 * Tells the real path of an open file; `undefined` if it is not known. `path` is the path that was opened,
 * `opened` the `fstat` of the descriptor. A directory that cannot be opened has no descriptor, and
 * `opened` is its `stat`. Rejects if the file system fails.
 */
export type PathOfOpenedFile = (
  descriptor: number | undefined,
  path: string,
  opened: BigIntStats,
) => Promise<string | undefined>

// False on other systems, and in a chroot without /proc.
let hasProcSelfFd = process.platform === 'linux'

/** Asks the system about the descriptor; where it cannot tell, looks for the same file at the path. */
export const pathOfOpenedFile: PathOfOpenedFile = async (descriptor, path, opened) =>
  procPathOfDescriptor(descriptor) ?? (await pathOfSameFile(path, opened))

/**
 * Linux tells the path of an open descriptor exactly, and without a disk access. The file that is judged is
 * the file that is served, so swapping a symlink or a directory meanwhile has no effect.
 */
function procPathOfDescriptor(descriptor: number | undefined): string | undefined {
  if (!hasProcSelfFd || descriptor === undefined) return undefined
  try {
    return withoutMark(descriptor, readlinkSync(`/proc/self/fd/${descriptor}`))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') hasProcSelfFd = false
    return undefined
  }
}

const DELETED_MARK = ' (deleted)'

/** Linux marks the path of a file that was deleted or replaced since it was opened. A name may end like that too. */
function withoutMark(descriptor: number, path: string): string {
  const isMarked = path.endsWith(DELETED_MARK) && fstatSync(descriptor).nlink === 0
  return isMarked ? path.slice(0, -DELETED_MARK.length) : path
}

/**
 * The real path of `path`, if the open file itself is there. It uses `lstat`, because a symlink created
 * after the call of `realpath` would lead `stat` to the open file.
 *
 * @throws an error of the file system, unless it says that nothing is there
 */
export async function pathOfSameFile(
  path: string,
  opened: BigIntStats,
): Promise<string | undefined> {
  const real = await realPath(path)
  if (real === undefined) return undefined
  const found = await lstatOf(real)
  return found?.dev === opened.dev && found.ino === opened.ino ? real : undefined
}

/**
 * The path with every symlink resolved; `undefined` if it does not exist.
 *
 * @throws any other error of the file system
 */
export function realPath(path: string): Promise<string | undefined> {
  return unlessMissing((callback) => {
    // Node's own implementation calls `lstat` for every directory of the path. The native one is a single call,
    // but on case-insensitive systems it may return another spelling than was asked for.
    if (process.platform === 'linux') realpath.native(path, callback)
    else realpath(path, callback)
  })
}

function lstatOf(path: string): Promise<BigIntStats | undefined> {
  return unlessMissing((callback) => lstat(path, { bigint: true }, callback))
}

/** The result of a call of the file system; `undefined` if it fails because nothing is there. */
function unlessMissing<T>(
  call: (callback: (error: Error | null, result: T) => void) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) =>
    call((error, result) => {
      if (error === null) resolve(result)
      else if (isMissing(error)) resolve(undefined)
      else reject(error)
    }),
  )
}
