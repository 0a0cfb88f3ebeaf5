import { type BigIntStats, lstat, stat } from 'node:fs'
import { isMissing } from '../../errors.js'

/** `missing` says that nothing is at the path, and `failed` that it is not known what is there. */
type StatResult = Promise<BigIntStats | 'missing' | 'failed'>

/**
 * `stat` and `lstat`, which never reject. Calls for the same path in the same turn of the event loop are
 * coalesced. The system call begins after the last of them, so no caller gets a result that is
 * older than its call.
 */
export class CoalescedStats {
  readonly #stats = new Map<string, StatResult>()
  readonly #lstats = new Map<string, StatResult>()

  stat(path: string): StatResult {
    return this.#stats.get(path) ?? startStat(this.#stats, path, stat)
  }

  lstat(path: string): StatResult {
    return this.#lstats.get(path) ?? startStat(this.#lstats, path, lstat)
  }
}

function startStat(
  pending: Map<string, StatResult>,
  path: string,
  call: typeof stat | typeof lstat,
): StatResult {
  const result: StatResult = new Promise((resolve) =>
    setImmediate(() => {
      pending.delete(path)
      call(path, { bigint: true }, (error, stats) => resolve(error ? failureOf(error) : stats))
    }),
  )
  pending.set(path, result)
  return result
}

function failureOf(error: Error): 'missing' | 'failed' {
  return isMissing(error) ? 'missing' : 'failed'
}
