/** How a file changed since it was opened. A file that has `grown` may also have been rewritten. */
export type FileChange = 'none' | 'grown' | 'rewritten'

/** Compares a file as it was when opened with its `fstat` now. */
export function changeSince(
  opened: { readonly size: number | undefined; readonly mtimeNs: bigint },
  now: { readonly size: bigint; readonly mtimeNs: bigint },
): FileChange {
  const size = BigInt(opened.size ?? 0)
  if (now.size > size) return 'grown'
  return now.size === size && now.mtimeNs === opened.mtimeNs ? 'none' : 'rewritten'
}
