import { realPath } from './opened-path.js'

/**
 * Tells where a root really is. The root itself, or a directory above it, may be a symlink, which a
 * deployment can point elsewhere between any two requests, so nothing is kept from one to the next.
 *
 * Whoever asks in the same turn of the event loop shares one call. It begins when all of them have
 * asked, so nobody is told what was true before it asked.
 */
export class RealRoot {
  readonly #root: string
  #asked: Promise<string | undefined> | undefined
  #latest: string | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** What was told last. */
  get latest(): string | undefined {
    return this.#latest
  }

  /** The path without symlinks, or `undefined` where there is none. */
  resolve(): Promise<string | undefined> {
    this.#asked ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#asked = undefined
        void realPath(this.#root).then((path) => {
          this.#latest = path
          resolve(path)
        })
      }),
    )
    return this.#asked
  }
}
