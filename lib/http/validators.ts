// Two changes within one tick of a file system's clock give the same mtime. The coarsest clock in use,
// that of FAT, ticks every two seconds.
const COARSEST_CLOCK_TICK_MS = 2000

const NS_PER_MS = 1_000_000n
const NS_PER_SECOND = 1_000_000_000n

/** The metadata from which the validators of a file are derived. */
export interface FileMetadata {
  readonly size: number | undefined
  /** `undefined` if the source does not know it. */
  readonly mtimeNs: bigint | undefined
  /** `undefined` if the source does not know it. */
  readonly ctimeNs: bigint | undefined
}

/**
 * Whether the file changed so recently that it may change again and keep its mtime. An mtime further in the
 * future was not set by a clock.
 */
export function isRecentlyModified(file: FileMetadata, now: number): boolean {
  const modified = modifiedAt(file)
  return modified !== undefined && Math.abs(now - modified) < COARSEST_CLOCK_TICK_MS
}

/** The mtime in milliseconds since the epoch. */
export function modifiedAt({ mtimeNs }: FileMetadata): number | undefined {
  return mtimeNs === undefined ? undefined : Number(mtimeNs / NS_PER_MS)
}

/**
 * The entity tag of a file, from its size and mtime. It is strong, because nanoseconds distinguish two
 * versions.
 *
 * They may not while the file is recently modified. Its entity tag is then weak, and differs from the one
 * that it has later. If they were equal, a second change within the same tick would get a stale 304.
 */
export function fileEtag(file: FileMetadata, now: number): string | undefined {
  const changedNs = versionTimeNs(file)
  if (file.size === undefined || changedNs === undefined) return undefined
  const opaque = `${file.size.toString(16)}-${changedNs.toString(16)}`
  return isRecentlyModified(file, now) ? `W/"${opaque}-${now.toString(16)}"` : `"${opaque}"`
}

/**
 * Reproducible builds and package managers set every mtime to the epoch, and a new version often has the
 * same size. The ctime distinguishes them.
 */
function versionTimeNs({ mtimeNs, ctimeNs }: FileMetadata): bigint | undefined {
  return isPlaceholder(mtimeNs) ? ctimeNs : mtimeNs
}

/** The `Last-Modified` date in milliseconds, or `undefined` for a placeholder or a future mtime. */
export function lastModified(file: FileMetadata, now: number): number | undefined {
  const modified = modifiedAt(file)
  if (modified === undefined) return undefined
  const wholeSecond = modified - (modified % 1000)
  return isPlaceholder(file.mtimeNs) || wholeSecond > now ? undefined : wholeSecond
}

function isPlaceholder(mtimeNs: bigint | undefined): boolean {
  return mtimeNs !== undefined && mtimeNs <= NS_PER_SECOND
}
