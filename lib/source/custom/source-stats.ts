import { constants } from 'node:fs'
import type { Stats } from '../source.js'
import type { SourceFile } from './source-contract.js'

// Read-only for everyone.
const MODE = constants.S_IFREG | 0o444

/** What `fs.stat` would return for a file of a source: what is not known is 0. */
export function statsOf({ size = 0, modified = new Date(0) }: SourceFile): Stats {
  const ms = modified.getTime()
  const no = () => false
  return {
    dev: 0,
    ino: 0,
    mode: MODE,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    blksize: 0,
    blocks: 0,
    atimeMs: ms,
    mtimeMs: ms,
    ctimeMs: ms,
    birthtimeMs: ms,
    atime: modified,
    mtime: modified,
    ctime: modified,
    birthtime: modified,
    isFile: () => true,
    isDirectory: no,
    isBlockDevice: no,
    isCharacterDevice: no,
    isSymbolicLink: no,
    isFIFO: no,
    isSocket: no,
  }
}
