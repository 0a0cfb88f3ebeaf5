import type { BigIntStats } from 'node:fs'

/** An open file, as far as its size is concerned. */
export interface StatableFile {
  stat(): Promise<BigIntStats>
  /** Whether a byte can be read from the start of the file. */
  hasContent(): Promise<boolean>
}

/** What `fstat` reports of a file, and the size of its content in bytes. */
export interface SizedStats {
  readonly stats: BigIntStats
  readonly size: number | undefined
}

/**
 * Files of `/proc` and `/sys` report 0 although they have content: their size is `undefined`, since it is
 * known only at the end. A file that is rewritten at this moment reports 0 as well, between the truncation
 * and the first write. It has a size, without which nothing shows at its end that it was rewritten again.
 */
export async function sizeOfFile(file: StatableFile, stats: BigIntStats): Promise<SizedStats> {
  if (stats.size !== 0n) return { stats, size: Number(stats.size) }
  if (!(await file.hasContent())) return { stats, size: 0 }
  const now = await file.stat()
  if (now.size === 0n) return { stats, size: undefined }
  return { stats: now, size: Number(now.size) }
}
