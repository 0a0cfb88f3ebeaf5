import { realPath } from './opened-path.js'

/**
 * Resolves the real path of a root. The root, or a directory above it, may be a symlink, and a
 * deployment can point it elsewhere between any two requests. So no result is reused for a later request.
 *
 * Concurrent requests share one call. It starts after the turn of the event loop in which they asked, so
 * no request gets a result from before it arrived.
 */
export class RealRoot {
  readonly #root: string
  #pending: Promise<string | undefined> | undefined
  #latest: string | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** The result of the latest call. */
  get latest(): string | undefined {
    return this.#latest
  }

  /** The root's path without symlinks, or `undefined` if the root does not exist. */
  resolve(): Promise<string | undefined> {
    this.#pending ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#pending = undefined
        void realPath(this.#root).then((path) => {
          this.#latest = path
          resolve(path)
        })
      }),
    )
    return this.#pending
  }
}
