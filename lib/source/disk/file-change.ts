/** How a file changed since it was opened. One that has `grown` may have been rewritten as well. */
export type FileChange = 'none' | 'grown' | 'rewritten'

/** Compares a file's metadata when it was opened with the result of `fstat` now. */
export function changeSince(
  opened: { readonly size: number | undefined; readonly mtimeNs: bigint },
  now: { readonly size: bigint; readonly mtimeNs: bigint },
): FileChange {
  const size = BigInt(opened.size ?? 0)
  if (now.size > size) return 'grown'
  return now.size === size && now.mtimeNs === opened.mtimeNs ? 'none' : 'rewritten'
}
