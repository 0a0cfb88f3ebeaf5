import type { ResponseLike } from './response-like.js'
import { type WriteProgress, writeProgress } from './write-progress.js'

// The clock is not asked: a process that stood still itself must not take its clients for stalled.
const CHECKS_PER_TIMEOUT = 4

/**
 * Finds out that nothing could be written for so long: bytes waited for the client all the time, and
 * none was taken. A body that waits for its source does not stall.
 */
export class StallTimeout {
  readonly #res: ResponseLike
  readonly #onStall: () => void
  readonly #timer: NodeJS.Timeout
  #last: WriteProgress
  #looksWithoutProgress = 0
  #progressed = false

  /** @param milliseconds the stall is noticed at most a half of it later */
  constructor(res: ResponseLike, milliseconds: number, onStall: () => void) {
    this.#res = res
    this.#onStall = onStall
    this.#last = writeProgress(res)
    this.#timer = setInterval(this.#look, Math.ceil(milliseconds / CHECKS_PER_TIMEOUT))
    this.#timer.unref()
  }

  /** Notes that something written was taken. */
  progress(): void {
    this.#progressed = true
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  readonly #look = (): void => {
    const now = writeProgress(this.#res)
    const { length, taken } = this.#last
    const moved = this.#progressed || now.taken !== taken || now.length < length
    this.#looksWithoutProgress = now.waits && !moved ? this.#looksWithoutProgress + 1 : 0
    this.#last = now
    this.#progressed = false
    if (this.#looksWithoutProgress < CHECKS_PER_TIMEOUT) return
    this.stop()
    this.#onStall()
  }
}
