// A file changed again within one tick of its file system's clock looks the same to stat. The
// coarsest clock in use, that of FAT, ticks every two seconds.
const COARSEST_CLOCK_TICK_MS = 2000

const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n

/** What is known of a file's content without reading it. */
export interface FileMetadata {
  readonly size: number | undefined
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/**
 * Whether the file changed so lately that it may change again and look the same. A change dated
 * further ahead was not dated by a clock.
 */
export function isRecentlyModified(file: FileMetadata, now: number): boolean {
  return Math.abs(now - modifiedAt(file)) < COARSEST_CLOCK_TICK_MS
}

/** The last change of the content, in milliseconds since the epoch. */
export function modifiedAt(file: FileMetadata): number {
  return Number(file.mtimeNs / NS_PER_MS)
}

/**
 * An entity tag from size and time of change: strong, since nanoseconds tell two versions apart.
 *
 * While the file is young they may not. Its tag is then weak, and differs from
 * the one it has later: were that to match, a second change within the same tick would be answered
 * by a stale 304.
 */
export function fileEtag(file: FileMetadata, now: number): string | undefined {
  if (file.size === undefined) return undefined
  const tag = `${file.size.toString(16)}-${changeStamp(file).toString(16)}`
  return isRecentlyModified(file, now) ? `W/"${tag}-${now.toString(16)}"` : `"${tag}"`
}

/**
 * Reproducible builds and package managers date every file to the epoch, and a new version often
 * has the old size. There the inode's own time tells them apart.
 */
function changeStamp(file: FileMetadata): bigint {
  return isPlaceholderTime(file.mtimeNs) ? file.ctimeNs : file.mtimeNs
}

/** The `Last-Modified` date in milliseconds, or `undefined` for a time that says nothing. */
export function lastModified(file: FileMetadata, now: number): number | undefined {
  const modified = modifiedAt(file)
  const wholeSecond = modified - (modified % 1000)
  return isPlaceholderTime(file.mtimeNs) || wholeSecond > now ? undefined : wholeSecond
}

function isPlaceholderTime(mtimeNs: bigint): boolean {
  return mtimeNs <= NS_PER_SECOND
}
