// A thread-pool trip costs as much as reading this many bytes, so a client that keeps up gets more
// at a time. One that stalls must not hold much.
export const FIRST_READ = 128 * 1024
const LARGEST_READ = 1024 * 1024

// For the whole process: what all clients together may leave waiting, so that a thousand which stall
// at once do not each hold what a fast one may.
const UNTAKEN_BY_ALL_AT_MOST = 16 * LARGEST_READ

const PROMPT_MS = 20
const STALLED_MS = 200

let untakenByAll = 0

/** How much to read next: more while the client takes it at once, little once it stalled. */
export class Pace {
  #want: number = FIRST_READ
  #untaken = 0
  #writtenAt = 0

  get want(): number {
    return this.#want
  }

  written(): void {
    this.#writtenAt = performance.now()
  }

  /**
   * Notes bytes that wait for the connection. Returns whether more may join them: a system call for
   * every small item of an iterable costs more than the items.
   */
  waiting(bytes: number): boolean {
    this.#untaken += bytes
    untakenByAll += bytes
    return this.#untaken < this.#want && untakenByAll < UNTAKEN_BY_ALL_AT_MOST
  }

  drained(): void {
    const waited = performance.now() - this.#writtenAt
    if (waited < PROMPT_MS) this.#want = LARGEST_READ
    else if (waited > STALLED_MS) this.#want = FIRST_READ
    this.over()
  }

  /** Nothing waits any more. */
  over(): void {
    untakenByAll -= this.#untaken
    this.#untaken = 0
  }
}
