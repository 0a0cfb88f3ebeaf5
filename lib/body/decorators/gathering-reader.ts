import type { ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

// As much as one read of a file: more of it in one write is no cheaper.
const MAX_GATHERED_BYTES = 128 * 1024

/**
 * Joins the small chunks that are available in one turn of the event loop, since a write for each of
 * them costs more than the chunks. A chunk never waits longer than for the end of that turn.
 */
export class GatheringReader extends ReaderDecorator {
  #gathered: Uint8Array[] = []
  #bytes = 0
  #callback: ReadCallback | undefined
  #reading = false
  #wantedBytes = MAX_GATHERED_BYTES
  #flush: NodeJS.Immediate | undefined
  #error: Error | null = null
  #ended = false

  read(sizeHint: number, callback: ReadCallback): void {
    this.#callback = callback
    this.#wantedBytes = Math.min(sizeHint, MAX_GATHERED_BYTES)
    if (this.#ended || this.#error !== null) return this.#deliver()
    this.#readInner(sizeHint)
  }

  /** A joined chunk is a copy, and a single one is no file's. */
  override release(): void {}

  override close(): Promise<void> | undefined {
    clearImmediate(this.#flush)
    return super.close()
  }

  /** A loop and no recursion, where a thousand items are available at once. */
  #readInner(sizeHint: number): void {
    let answeredAtOnce = true
    while (answeredAtOnce && !this.#reading && this.#callback !== undefined) {
      answeredAtOnce = false
      let synchronous = true
      this.#reading = true
      this.inner.read(sizeHint, (error, buffer, last = false) => {
        this.#reading = false
        this.#take(error, buffer, last)
        if (synchronous) answeredAtOnce = true
        else if (this.#callback !== undefined) this.#readInner(sizeHint)
      })
      synchronous = false
    }
    if (this.#reading && this.#bytes > 0) this.#flush ??= setImmediate(() => this.#deliver())
  }

  #take(error: Error | null, buffer: Uint8Array | undefined, last: boolean): void {
    this.#error = error
    this.#ended = error === null && (buffer === undefined || last)
    if (buffer !== undefined) {
      this.#gathered.push(buffer)
      this.#bytes += buffer.length
    }
    if (this.#ended || error !== null || this.#bytes >= this.#wantedBytes) this.#deliver()
  }

  /** What was read before an error is sent before the error is told. */
  #deliver(): void {
    clearImmediate(this.#flush)
    this.#flush = undefined
    const callback = this.#callback
    if (callback === undefined) return
    this.#callback = undefined
    const [first, ...others] = this.#gathered
    if (first === undefined) return callback(this.#error)
    this.#gathered = []
    this.#bytes = 0
    const joined = others.length === 0 ? first : Buffer.concat([first, ...others])
    callback(null, joined, this.#ended)
  }
}
