import { onAbort } from '../../abort-signal.js'
import { StoreTimeoutError, storeError } from './store-error.js'

/**
 * One request to a store, from sending it to the last byte of its response. It is aborted when `signal`
 * fires, and when the store sends nothing for `stallTimeout` milliseconds while something waits for it.
 */
export class StoreRequest {
  readonly #controller = new AbortController()
  readonly #stallTimeout: number
  readonly #removeAbortListener: () => void

  constructor(signal: AbortSignal, stallTimeout: number) {
    this.#stallTimeout = stallTimeout
    this.#removeAbortListener = onAbort(signal, this.abort)
    if (signal.aborted) this.abort()
  }

  /** For the client of the store, which closes the connection when it fires. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  readonly abort = (): void => {
    this.#removeAbortListener()
    this.#controller.abort()
  }

  /** The response is complete. */
  end(): void {
    this.#removeAbortListener()
  }

  /** Waits for the store. Rejects with an `http-errors` error. */
  async receive<Result>(pending: Promise<Result>): Promise<Result> {
    let waiting = true
    const expire = () => {
      if (waiting) this.#controller.abort(new StoreTimeoutError())
    }
    // After a pause of the process, timers run before the data is read that has arrived meanwhile.
    const timer = setTimeout(() => setImmediate(expire), this.#stallTimeout)
    try {
      return await pending
    } catch (error) {
      const { reason } = this.signal
      throw storeError(reason instanceof StoreTimeoutError ? reason : error)
    } finally {
      waiting = false
      clearTimeout(timer)
    }
  }
}
