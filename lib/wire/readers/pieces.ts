import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { ReaderAround } from './reader-around.js'

/** Gives blocks in pieces of at most so many bytes. */
export class Pieces extends ReaderAround {
  readonly #size: number
  readonly #lastPieces = new Map<Uint8Array, Uint8Array>()
  #block: Uint8Array | undefined
  #offset = 0
  #blockIsLast = false

  constructor(inner: ChunkReader, size: number) {
    super(inner)
    this.#size = size
  }

  read(want: number, take: TakeBlock): void {
    if (this.#block !== undefined) return this.#handPiece(this.#block, take)
    this.inner.read(Math.min(want, this.#size), (error, block, last = false) => {
      if (error !== null || block === undefined) return take(error, block, last)
      this.#offset = 0
      this.#blockIsLast = last
      this.#handPiece(block, take)
    })
  }

  /** The memory of a block is free when its last piece is. */
  override recycle(piece: Uint8Array): void {
    const block = this.#lastPieces.get(piece)
    if (block === undefined) return
    this.#lastPieces.delete(piece)
    this.inner.recycle(block)
  }

  #handPiece(block: Uint8Array, take: TakeBlock): void {
    const piece = block.subarray(this.#offset, this.#offset + this.#size)
    this.#offset += piece.length
    const usedUp = this.#offset === block.length
    this.#block = usedUp ? undefined : block
    if (usedUp) this.#lastPieces.set(piece, block)
    take(null, piece, usedUp && this.#blockIsLast)
  }
}
