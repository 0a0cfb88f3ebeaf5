import { type BigIntStats, lstat, stat } from 'node:fs'

type StatResult = Promise<BigIntStats | undefined>

/**
 * Calls `stat` and `lstat`. The result is `undefined` if the call fails.
 *
 * Concurrent requests for the same path share one call. It starts after the turn of the event loop in
 * which they asked, so no request gets a result from before it arrived.
 */
export class CoalescedStats {
  readonly #pendingStats = new Map<string, StatResult>()
  readonly #pendingLstats = new Map<string, StatResult>()

  /** Follows every symlink, including one at the end of the path. */
  stat(path: string): StatResult {
    return this.#pendingStats.get(path) ?? schedule(this.#pendingStats, path, stat)
  }

  /** Follows every symlink except one at the end of the path. */
  lstat(path: string): StatResult {
    return this.#pendingLstats.get(path) ?? schedule(this.#pendingLstats, path, lstat)
  }
}

function schedule(
  pending: Map<string, StatResult>,
  path: string,
  statOrLstat: typeof stat | typeof lstat,
): StatResult {
  const result: StatResult = new Promise((resolve) =>
    setImmediate(() => {
      pending.delete(path)
      statOrLstat(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats))
    }),
  )
  pending.set(path, result)
  return result
}
