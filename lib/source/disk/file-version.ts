import type { BigIntStats } from 'node:fs'

/** Identifies one version of one file. */
export type FileVersion = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

/** Whether a `stat` result is of that version. */
export function hasVersion(now: FileVersion, version: FileVersion): boolean {
  return (
    now.ctimeNs === version.ctimeNs &&
    now.mtimeNs === version.mtimeNs &&
    now.size === version.size &&
    now.ino === version.ino &&
    now.dev === version.dev
  )
}

// Two writes within one tick of a file system's clock look alike to `stat`, and the coarsest clock, that
// of FAT, ticks every two seconds.
const SETTLED_MS = 2000n
const NS_PER_MS = 1_000_000n

/** Whether the last change is so long ago that the next one has another time. */
export function isSettled({ mtimeNs, ctimeNs }: FileVersion): boolean {
  const settled = (BigInt(Date.now()) - SETTLED_MS) * NS_PER_MS
  return mtimeNs < settled && ctimeNs < settled
}

/** The version alone, without the rest of a `stat` result, for values that are kept long. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: FileVersion): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs }
}
