import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** Regroups blocks of any length into blocks of one, which only the last may fall short of. */
export class RechunkingReader extends ReaderDecorator {
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
  read(sizeHint: number, callback: ReadCallback): void {
    let thereAtOnce = true
    let waits = false
    while (thereAtOnce) {
      if (this.#fill() || this.#ended) return this.#hand(callback)
      thereAtOnce = false
      this.inner.read(sizeHint, (error, buffer, last = false) => {
        if (error !== null) return callback(error)
        this.#rest = buffer
        this.#ended = buffer === undefined || last
        if (waits) this.read(sizeHint, callback)
        else thereAtOnce = true
      })
    }
    waits = true
  }

  /** A chunk is a copy; what it was copied from went back when it was used up. */
  override release(): void {}

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

  #hand(callback: ReadCallback): void {
    const chunk = this.#chunk?.subarray(0, this.#filled)
    this.#chunk = undefined
    this.#filled = 0
    if (chunk === undefined) callback(null)
    else callback(null, chunk, this.#ended && this.#rest === undefined)
  }
}
