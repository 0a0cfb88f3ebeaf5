import { realPath } from './opened-path.js'

/**
 * Resolves the real path of a root. The root, or a directory above it, may be a symlink that a deployment
 * repoints between two requests, so the path is resolved anew for each request.
 *
 * Calls in the same turn of the event loop are coalesced. `realpath` begins after the last of them, so no
 * caller gets a result that is older than its call.
 */
export class RealRoot {
  readonly #root: string
  #pending: Promise<string | undefined> | undefined
  #latest: string | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** The result of the last call that did not fail. */
  get latest(): string | undefined {
    return this.#latest
  }

  /**
   * The path without symlinks; `undefined` if it does not exist.
   *
   * @throws any other error of the file system
   */
  resolve(): Promise<string | undefined> {
    this.#pending ??= this.#start()
    return this.#pending
  }

  #start(): Promise<string | undefined> {
    const path: Promise<string | undefined> = new Promise((resolve, reject) =>
      setImmediate(() => {
        this.#pending = undefined
        realPath(this.#root).then(resolve, reject)
      }),
    )
    // An `open` that finds a directory does not await it, and an unhandled rejection would end the process.
    path.then(
      (latest) => {
        this.#latest = latest
      },
      () => {},
    )
    return path
  }
}
