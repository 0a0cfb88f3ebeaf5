import { type BigIntStats, readlinkSync, realpath, stat } from 'node:fs'

// Linux says where a descriptor's file stands, exactly and without asking the disk. A chroot may
// have no /proc; other systems have none.
let linksOfDescriptors = process.platform === 'linux'

/**
 * The real path of a file that is open, or `undefined` where it cannot be told. No path is asked
 * twice: what is judged is the file behind the descriptor, so no swap of a link in between matters.
 */
export async function openedPath(
  descriptor: number,
  path: string,
  opened: BigIntStats,
): Promise<string | undefined> {
  return pathOfDescriptor(descriptor) ?? (await realPathOfSameFile(path, opened))
}

function pathOfDescriptor(descriptor: number): string | undefined {
  if (!linksOfDescriptors) return undefined
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    linksOfDescriptors = false
    return undefined
  }
}

/** The path's real path, if the file there is the one that is open. */
async function realPathOfSameFile(path: string, opened: BigIntStats): Promise<string | undefined> {
  const real = await realPath(path)
  if (real === undefined) return undefined
  const now = await statOf(real)
  return now !== undefined && now.dev === opened.dev && now.ino === opened.ino ? real : undefined
}

/** The path with every link followed, or `undefined` where there is none. */
export function realPath(path: string): Promise<string | undefined> {
  return new Promise((resolve) =>
    realpath(path, (error, real) => resolve(error ? undefined : real)),
  )
}

function statOf(path: string): Promise<BigIntStats | undefined> {
  return new Promise((resolve) =>
    stat(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}
