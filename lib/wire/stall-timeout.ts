import type { Response } from './response.js'
import { type WriteProgress, writeProgress } from './write-progress.js'

// The clock is not asked: a process that stood still itself must not take its clients for stalled.
const LOOKS_PER_TIMEOUT = 4

/**
 * Finds out that nothing could be written for so long: bytes waited for the client all the time, and
 * none was taken. A body that waits for its source does not stall.
 */
export class StallTimeout {
  readonly #res: Response
  readonly #onStall: () => void
  readonly #timer: NodeJS.Timeout
  #last: WriteProgress
  #looksWithoutProgress = 0
  #progressed = false

  /** @param milliseconds the stall is noticed at most a half of it later */
  constructor(res: Response, milliseconds: number, onStall: () => void) {
    this.#res = res
    this.#onStall = onStall
    this.#last = writeProgress(res)
    this.#timer = setInterval(this.#look, Math.ceil(milliseconds / LOOKS_PER_TIMEOUT))
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
    if (this.#looksWithoutProgress < LOOKS_PER_TIMEOUT) return
    this.stop()
    this.#onStall()
  }
}
