import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { ReaderAround } from './reader-around.js'

/** Regroups blocks of any length into blocks of one, which only the last may fall short of. */
export class Regrouped extends ReaderAround {
  readonly #size: number
  #chunk: Uint8Array | undefined
  #filled = 0
  #rest: Uint8Array | undefined
  #ended = false

  constructor(inner: ChunkReader, size: number) {
    super(inner)
    this.#size = size
  }

  /** A loop and no recursion, where a thousand small blocks are there at once. */
  read(want: number, take: TakeBlock): void {
    let thereAtOnce = true
    let waits = false
    while (thereAtOnce) {
      if (this.#fill() || this.#ended) return this.#hand(take)
      thereAtOnce = false
      this.inner.read(want, (error, block, last = false) => {
        if (error !== null) return take(error)
        this.#rest = block
        this.#ended = block === undefined || last
        if (waits) this.read(want, take)
        else thereAtOnce = true
      })
    }
    waits = true
  }

  /** A chunk is a copy; what it was copied from went back when it was used up. */
  override recycle(): void {}

  /** Fills the chunk from what is left of the last block; returns whether it is full. */
  #fill(): boolean {
    const rest = this.#rest
    if (rest === undefined) return false
    this.#chunk ??= Buffer.allocUnsafe(this.#size)
    const part = rest.subarray(0, this.#size - this.#filled)
    this.#chunk.set(part, this.#filled)
    this.#filled += part.length
    this.#rest = part.length === rest.length ? undefined : rest.subarray(part.length)
    return this.#filled === this.#size
  }

  #hand(take: TakeBlock): void {
    const chunk = this.#chunk?.subarray(0, this.#filled)
    this.#chunk = undefined
    this.#filled = 0
    if (chunk === undefined) take(null)
    else take(null, chunk, this.#ended && this.#rest === undefined)
  }
}
