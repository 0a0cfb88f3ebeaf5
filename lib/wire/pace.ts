// A thread-pool trip costs as much as reading this many bytes, so a client that keeps up gets more
// at a time. One that stalls must not hold much.
const SMALLEST_READ = 128 * 1024
const LARGEST_READ = 1024 * 1024

const PROMPT_MS = 20
const STALLED_MS = 200

/** How much to read next: more while the client takes it at once, little once it stalled. */
export class Pace {
  #want: number = SMALLEST_READ
  #writtenAt = 0

  get want(): number {
    return this.#want
  }

  written(): void {
    this.#writtenAt = performance.now()
  }

  drained(): void {
    const waited = performance.now() - this.#writtenAt
    if (waited < PROMPT_MS) this.#want = LARGEST_READ
    else if (waited > STALLED_MS) this.#want = SMALLEST_READ
  }
}
