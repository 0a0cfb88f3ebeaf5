import type { Source } from './source-contract.js'

/** Marks the sources of this package whose files are not on the disk. The entry points share no classes. */
export const OFF_DISK = Symbol.for('express-stream-files.off-disk')

/** Whether no file of a source can be on the disk. A source of the application may pass on such files. */
export function isOffDisk(source: Source): boolean {
  return OFF_DISK in source
}
