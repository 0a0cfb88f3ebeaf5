import { type BigIntStats, lstat, stat } from 'node:fs'

type Look = Promise<BigIntStats | undefined>

/**
 * Looks at paths: what stands there, or `undefined` where it cannot be told.
 *
 * Who asks for the same path in the same turn of the event loop shares one look. It begins when all
 * of them have asked, so that nobody is told what was true before it asked.
 */
export class SharedLooks {
  readonly #linksFollowed = new Map<string, Look>()
  readonly #asItIs = new Map<string, Look>()

  /** What a path leads to, every link on the way and at its end followed. */
  throughLinks(path: string): Look {
    return this.#linksFollowed.get(path) ?? begin(this.#linksFollowed, path, stat)
  }

  /** What a path itself is, perhaps a link. Links on the way are followed. */
  atItself(path: string): Look {
    return this.#asItIs.get(path) ?? begin(this.#asItIs, path, lstat)
  }
}

function begin(looks: Map<string, Look>, path: string, look: typeof stat | typeof lstat): Look {
  const begun: Look = new Promise((resolve) =>
    setImmediate(() => {
      looks.delete(path)
      look(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats))
    }),
  )
  looks.set(path, begun)
  return begun
}
