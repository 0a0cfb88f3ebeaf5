import type { BigIntStats } from 'node:fs'

/**
 * The size of an open file in bytes. Files of `/proc` and `/sys` report 0 although they have content:
 * their size is `undefined`, since it is known only at the end.
 */
export async function sizeOfFile(
  { size }: Pick<BigIntStats, 'size'>,
  hasContent: () => Promise<boolean>,
): Promise<number | undefined> {
  if (size !== 0n) return Number(size)
  return (await hasContent()) ? undefined : 0
}
