/** What happened to a file since it was opened. One that has `grown` may have been rewritten, too. */
export type FileChange = 'none' | 'grown' | 'rewritten'

/** Compares a file as it was opened with what `fstat` says of it now. */
export function changeSince(
  opened: { readonly size: number | undefined; readonly mtimeNs: bigint },
  now: { readonly size: bigint; readonly mtimeNs: bigint },
): FileChange {
  const size = BigInt(opened.size ?? 0)
  if (now.size > size) return 'grown'
  return now.size === size && now.mtimeNs === opened.mtimeNs ? 'none' : 'rewritten'
}
