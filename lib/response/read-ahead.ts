// A trip to the thread pool costs as much as reading this many bytes, so the reads of a fast client grow.
// A client that stalls must not hold a large buffer.
export const INITIAL_READ_BYTES = 128 * 1024
const MAX_READ_BYTES = 1024 * 1024

// The limit of buffered bytes for the whole process, so that a thousand clients that stall at once do not
// each hold as much as one fast client may.
const MAX_TOTAL_BUFFERED = 16 * MAX_READ_BYTES

const FAST_DRAIN_MS = 20
const SLOW_DRAIN_MS = 200

let totalBuffered = 0

/** How much to read next: more while the connection drains fast, less after it was slow. */
export class ReadAhead {
  #sizeHint: number = INITIAL_READ_BYTES
  #buffered = 0
  #writtenAt = 0

  get sizeHint(): number {
    return this.#sizeHint
  }

  noteWrite(): void {
    this.#writtenAt = performance.now()
  }

  /**
   * Counts bytes that the connection has not accepted yet. Returns whether more may be buffered: a system
   * call for every small item of an iterable costs more than the items.
   */
  addBuffered(bytes: number): boolean {
    this.#buffered += bytes
    totalBuffered += bytes
    return this.#buffered < this.#sizeHint && totalBuffered < MAX_TOTAL_BUFFERED
  }

  noteDrain(): void {
    const waited = performance.now() - this.#writtenAt
    if (waited < FAST_DRAIN_MS) this.#sizeHint = MAX_READ_BYTES
    else if (waited > SLOW_DRAIN_MS) this.#sizeHint = INITIAL_READ_BYTES
    this.clear()
  }

  /** Forgets the buffered bytes, which were sent or discarded. */
  clear(): void {
    totalBuffered -= this.#buffered
    this.#buffered = 0
  }
}
