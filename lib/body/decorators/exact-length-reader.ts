import { contentLengthMismatch } from '../../errors.js'
import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/**
 * Fails if a body has more or fewer bytes than `expected`. The buffer that completes the length is held
 * until the body has ended: a client that has all the bytes it expects cannot be told of more.
 */
export class ExactLengthReader extends ReaderDecorator {
  readonly #expected: number
  #received = 0

  constructor(inner: ChunkReader, expected: number) {
    super(inner)
    this.#expected = expected
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error, buffer, last = false) => {
      if (error !== null) return callback(error)
      this.#received += buffer?.length ?? 0
      const ended = buffer === undefined || last
      if (this.#received > this.#expected || (ended && this.#received < this.#expected)) {
        return callback(contentLengthMismatch(this.#expected, this.#received))
      }
      if (ended || this.#received < this.#expected) callback(null, buffer, last)
      else this.#expectEnd(buffer, callback)
    })
  }

  #expectEnd(buffer: Uint8Array, callback: ReadCallback): void {
    this.inner.read(1, (error, surplus) => {
      if (error !== null) return callback(error)
      const received = this.#received + (surplus?.length ?? 0)
      if (received > this.#expected) callback(contentLengthMismatch(this.#expected, received))
      else callback(null, buffer, true)
    })
  }
}
