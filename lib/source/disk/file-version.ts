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

/** The version alone, without the rest of a `stat` result, for values that are kept long. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: FileVersion): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs }
}
