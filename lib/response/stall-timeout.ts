import type { ResponseLike } from './response-like.js'
import { type WriteProgress, writeProgress } from './write-progress.js'

// Checks are counted, and no clock is read: after a pause of the process its clients are not stalled.
const CHECKS_PER_TIMEOUT = 4

/**
 * Detects a client that stalls: bytes were buffered for it during the whole timeout, and it accepted none
 * of them. A body that waits for its source does not stall.
 */
export class StallTimeout {
  readonly #res: ResponseLike
  readonly #onStall: () => void
  readonly #timer: NodeJS.Timeout
  #last: WriteProgress
  #checksWithoutProgress = 0
  #progressed = false

  /** @param milliseconds the timeout; a stall is detected at most half of it later */
  constructor(res: ResponseLike, milliseconds: number, onStall: () => void) {
    this.#res = res
    this.#onStall = onStall
    this.#last = writeProgress(res)
    this.#timer = setInterval(this.#check, Math.ceil(milliseconds / CHECKS_PER_TIMEOUT))
    this.#timer.unref()
  }

  /** Records that the connection accepted written bytes. */
  progress(): void {
    this.#progressed = true
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  readonly #check = (): void => {
    const now = writeProgress(this.#res)
    const { length, accepted } = this.#last
    const moved = this.#progressed || now.accepted !== accepted || now.length < length
    this.#checksWithoutProgress = now.isPending && !moved ? this.#checksWithoutProgress + 1 : 0
    this.#last = now
    this.#progressed = false
    if (this.#checksWithoutProgress < CHECKS_PER_TIMEOUT) return
    this.stop()
    this.#onStall()
  }
}
