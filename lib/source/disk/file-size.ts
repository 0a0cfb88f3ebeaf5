import type { BigIntStats } from 'node:fs'

/**
 * The size of an open file in bytes. Files of `/proc` and `/sys` report size 0 and have content. For
 * those the size is `undefined`, because only reading to the end tells it.
 *
 * @param hasContent reads one byte, and is called only for a file that reports size 0
 */
export async function sizeOfFile(
  { size }: Pick<BigIntStats, 'size'>,
  hasContent: () => Promise<boolean>,
): Promise<number | undefined> {
  if (size !== 0n) return Number(size)
  return (await hasContent()) ? undefined : 0
}
