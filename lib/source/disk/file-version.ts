import type { BigIntStats } from 'node:fs'

/** What tells one version of one file from every other. */
export type FileVersion = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>

/** Whether what a `stat` says is that version. */
export function hasVersion(now: FileVersion, version: FileVersion): boolean {
  return (
    now.ctimeNs === version.ctimeNs &&
    now.mtimeNs === version.mtimeNs &&
    now.size === version.size &&
    now.ino === version.ino &&
    now.dev === version.dev
  )
}

/** What tells the version of a file, without all the else that a `stat` says: for what is kept long. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: FileVersion): FileVersion {
  return { dev, ino, size, mtimeNs, ctimeNs }
}
