import type { Readable } from 'node:stream'
import { onAbort } from '../../abort-signal.js'
import type { ByteRange } from '../../http/byte-ranges.js'
import type { StoreRequest } from './store-request.js'

/** The bytes of an object from `start` to `end`, as the store sends them. */
export class ObjectBody implements ByteRange {
  readonly start: number
  /** Inclusive; `Infinity` if the store did not tell the size. */
  readonly end: number
  readonly #request: StoreRequest
  readonly #stream: Readable
  #remaining: number

  constructor(request: StoreRequest, stream: Readable, { start, end }: ByteRange) {
    this.start = start
    this.end = end
    this.#request = request
    this.#stream = stream
    this.#remaining = end - start + 1
    // An error while nothing reads it has no other listener, and would crash the process.
    stream.on('error', () => {})
  }

  /**
   * The pieces in which the bytes arrive. Must be called at most once.
   *
   * @param signal ends a read that waits for the store; `return()` of a generator would wait for it
   */
  async *chunks(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const removeAbortListener = onAbort(signal, () => this.close())
    // Unlike the loop `for await`, this does not destroy a stream whose bytes have all been read.
    const pieces: AsyncIterator<Uint8Array> = this.#stream[Symbol.asyncIterator]()
    try {
      while (true) {
        const { done, value } = await this.#request.receive(pieces.next())
        if (done) return
        this.#remaining -= value.length
        yield value
      }
    } finally {
      removeAbortListener()
      this.close()
    }
  }

  /** Keeps the connection for the next request if all bytes have been read, and closes it otherwise. */
  close(): void {
    if (this.#remaining === 0) {
      this.#request.end()
      this.#stream.resume()
    } else {
      this.#request.abort()
      this.#stream.destroy()
    }
  }
}
