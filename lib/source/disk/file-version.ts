import type { BigIntStats } from 'node:fs'

/** The fields of `stat` that together identify one version of one file. */
export type FileVersion = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

/** Whether the result of a `stat` belongs to that version. */
export function hasVersion(stats: FileVersion, version: FileVersion): boolean {
  return (
    stats.ctimeNs === version.ctimeNs &&
    stats.mtimeNs === version.mtimeNs &&
    stats.size === version.size &&
    stats.ino === version.ino &&
    stats.dev === version.dev
  )
}

/** Copies only the fields of a version, so that a cached file does not hold a whole `Stats`. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: FileVersion): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs }
}
