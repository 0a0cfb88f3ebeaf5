import type { BigIntStats } from 'node:fs'
import { sizeOfFile } from '../../../lib/source/disk/file-size.js'

const statsOf = (size: bigint) => ({ size }) as BigIntStats

/** A file that reports `now` when it is asked again. */
function file(hasContent: boolean, now: bigint) {
  return {
    stat: jest.fn(async () => statsOf(now)),
    hasContent: jest.fn(async () => hasContent),
  }
}

test('a size that is reported is taken as it is, without a read', async () => {
  const opened = file(true, 9n)
  const stats = statsOf(5n)
  expect(await sizeOfFile(opened, stats)).toEqual({ stats, size: 5 })
  expect([opened.stat, opened.hasContent].map((call) => call.mock.calls.length)).toEqual([0, 0])
})

test('an empty file has the size 0', async () => {
  expect((await sizeOfFile(file(false, 0n), statsOf(0n))).size).toBe(0)
})

test('a file that reports 0 and has content is of unknown size, as in /proc', async () => {
  expect((await sizeOfFile(file(true, 0n), statsOf(0n))).size).toBeUndefined()
})

test('a file that has its first bytes meanwhile has the size and the stats of now', async () => {
  expect(await sizeOfFile(file(true, 7n), statsOf(0n))).toEqual({ stats: statsOf(7n), size: 7 })
})
