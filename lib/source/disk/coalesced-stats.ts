import { type BigIntStats, lstat, stat } from 'node:fs'

type StatResult = Promise<BigIntStats | undefined>

/**
 * Looks at paths: what stands there, or `undefined` where it cannot be told.
 *
 * Who asks for the same path in the same turn of the event loop shares one look. It begins when all
 * of them have asked, so that nobody is told what was true before it asked.
 */
export class CoalescedStats {
  readonly #linksFollowed = new Map<string, StatResult>()
  readonly #asItIs = new Map<string, StatResult>()

  /** What a path leads to, every link on the way and at its end followed. */
  stat(path: string): StatResult {
    return this.#linksFollowed.get(path) ?? startStat(this.#linksFollowed, path, stat)
  }

  /** What a path itself is, perhaps a link. Links on the way are followed. */
  lstat(path: string): StatResult {
    return this.#asItIs.get(path) ?? startStat(this.#asItIs, path, lstat)
  }
}

function startStat(
  looks: Map<string, StatResult>,
  path: string,
  look: typeof stat | typeof lstat,
): StatResult {
  const begun: StatResult = new Promise((resolve) =>
    setImmediate(() => {
      looks.delete(path)
      look(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats))
    }),
  )
  looks.set(path, begun)
  return begun
}
