import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** Combines and splits buffers into chunks of exactly `size` bytes. Only the last may be shorter. */
export class RechunkingReader extends ReaderDecorator {
  readonly #size: number
  #chunk: Uint8Array | undefined
  #filled = 0
  #remaining: Uint8Array | undefined
  #ended = false

  constructor(inner: ChunkReader, size: number) {
    super(inner)
    this.#size = size
  }

  /** A loop, because recursion would overflow the stack where many small buffers are read synchronously. */
  read(sizeHint: number, callback: ReadCallback): void {
    let readSynchronously = true
    let isPending = false
    while (readSynchronously) {
      if (this.#fill() || this.#ended) return this.#deliver(callback)
      readSynchronously = false
      this.inner.read(sizeHint, (error, buffer, last = false) => {
        if (error !== null) return callback(error)
        this.#remaining = buffer
        this.#ended = buffer === undefined || last
        if (isPending) this.read(sizeHint, callback)
        else readSynchronously = true
      })
    }
    isPending = true
  }

  /** Every chunk is a copy, so no memory of the inner reader is returned by it. */
  override release(): void {}

  /** Copies what remains of the last buffer into the chunk. Returns whether the chunk is full. */
  #fill(): boolean {
    const remaining = this.#remaining
    if (remaining === undefined) return false
    this.#chunk ??= Buffer.allocUnsafe(this.#size)
    const part = remaining.subarray(0, this.#size - this.#filled)
    this.#chunk.set(part, this.#filled)
    this.#filled += part.length
    this.#remaining = part.length === remaining.length ? undefined : remaining.subarray(part.length)
    return this.#filled === this.#size
  }

  #deliver(callback: ReadCallback): void {
    const chunk = this.#chunk?.subarray(0, this.#filled)
    this.#chunk = undefined
    this.#filled = 0
    if (chunk === undefined) callback(null)
    else callback(null, chunk, this.#ended && this.#remaining === undefined)
  }
}
