import { contentLengthMismatch } from '../../errors.js'
import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { ReaderAround } from './reader-around.js'

/**
 * Fails where a body has more or fewer bytes than were promised. The block that completes the length
 * is held until the body has ended: once a client has that many bytes, nothing tells it of a surplus.
 */
export class ExactLengthReader extends ReaderAround {
  readonly #expected: number
  #received = 0

  constructor(inner: ChunkReader, expected: number) {
    super(inner)
    this.#expected = expected
  }

  read(want: number, take: TakeBlock): void {
    this.inner.read(want, (error, block, last = false) => {
      if (error !== null) return take(error)
      this.#received += block?.length ?? 0
      const ended = block === undefined || last
      if (this.#received > this.#expected || (ended && this.#received < this.#expected)) {
        return take(contentLengthMismatch(this.#expected, this.#received))
      }
      if (ended || this.#received < this.#expected) take(null, block, last)
      else this.#expectEnd(block, take)
    })
  }

  #expectEnd(block: Uint8Array, take: TakeBlock): void {
    this.inner.read(1, (error, surplus) => {
      if (error !== null) return take(error)
      const received = this.#received + (surplus?.length ?? 0)
      if (received > this.#expected) take(contentLengthMismatch(this.#expected, received))
      else take(null, block, true)
    })
  }
}
