import type { BigIntStats } from 'node:fs'

/**
 * The size of an open file in bytes. Files of `/proc` and `/sys` report 0 and have content: where
 * `readsAnything` finds some, only reading to the end tells the size, and it is `undefined`.
 */
export async function sizeOfFile(
  { size }: Pick<BigIntStats, 'size'>,
  readsAnything: () => Promise<boolean>,
): Promise<number | undefined> {
  if (size !== 0n) return Number(size)
  return (await readsAnything()) ? undefined : 0
}
