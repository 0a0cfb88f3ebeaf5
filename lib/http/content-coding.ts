import type { FileMetadata } from './validators.js'

/** A content coding (RFC 9110 §8.4.1) of which a file may have a compressed sibling. */
export type ContentCoding = 'br' | 'zstd' | 'gzip'

/** The codings of siblings, in the order in which the server prefers them: usually the smallest first. */
export const CONTENT_CODINGS: readonly ContentCoding[] = ['br', 'zstd', 'gzip']

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' }
const ALL_EXTENSIONS = Object.values(EXTENSIONS)

/** The name of the sibling that holds a file in a coding. */
export function siblingName(name: string, coding: ContentCoding): string {
  return name + EXTENSIONS[coding]
}

/** The name of the file of which a name is a sibling, if it is one. */
export function originalName(name: string): string | undefined {
  const extension = ALL_EXTENSIONS.find((one) => name.endsWith(one))
  return extension === undefined ? undefined : name.slice(0, -extension.length)
}

const NS_PER_SECOND = 1_000_000_000n

/**
 * Whether a sibling may be sent instead of its original. An older one holds an earlier version. An empty one
 * is being written, or its compressor failed: no coding of anything is empty.
 */
export function isUsableSibling(sibling: FileMetadata, original: FileMetadata): boolean {
  return sibling.size !== 0 && !isOlder(sibling, original)
}

/**
 * Compressors copy the mtime of the original, and `brotli` 1.0.9 copies its whole seconds only. Such a copy
 * was made after the original if its ctime says so. A source may not know its times.
 */
function isOlder(sibling: FileMetadata, { mtimeNs: modifiedNs }: FileMetadata): boolean {
  const { mtimeNs, ctimeNs } = sibling
  if (mtimeNs === undefined || modifiedNs === undefined || mtimeNs >= modifiedNs) return false
  const wholeSecond = modifiedNs - (modifiedNs % NS_PER_SECOND)
  return mtimeNs !== wholeSecond || ctimeNs === undefined || ctimeNs < modifiedNs
}
