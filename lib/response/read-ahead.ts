// A thread-pool trip costs as much as reading this many bytes, so a client that keeps up gets more
// at a time. One that stalls must not hold much.
export const INITIAL_READ_BYTES = 128 * 1024
const MAX_READ_BYTES = 1024 * 1024

// For the whole process: what all clients together may leave waiting, so that a thousand which stall
// at once do not each hold what a fast one may.
const MAX_TOTAL_BUFFERED = 16 * MAX_READ_BYTES

const FAST_DRAIN_MS = 20
const SLOW_DRAIN_MS = 200

let totalBuffered = 0

/** How much to read next: more while the client takes it at once, little once it stalled. */
export class ReadAhead {
  #want: number = INITIAL_READ_BYTES
  #untaken = 0
  #writtenAt = 0

  get sizeHint(): number {
    return this.#want
  }

  noteWrite(): void {
    this.#writtenAt = performance.now()
  }

  /**
   * Notes bytes that wait for the connection. Returns whether more may join them: a system call for
   * every small item of an iterable costs more than the items.
   */
  addBuffered(bytes: number): boolean {
    this.#untaken += bytes
    totalBuffered += bytes
    return this.#untaken < this.#want && totalBuffered < MAX_TOTAL_BUFFERED
  }

  noteDrain(): void {
    const waited = performance.now() - this.#writtenAt
    if (waited < FAST_DRAIN_MS) this.#want = MAX_READ_BYTES
    else if (waited > SLOW_DRAIN_MS) this.#want = INITIAL_READ_BYTES
    this.clear()
  }

  /** Nothing waits any more. */
  clear(): void {
    totalBuffered -= this.#untaken
    this.#untaken = 0
  }
}
