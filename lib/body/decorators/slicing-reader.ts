import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** Gives blocks in pieces of at most so many bytes. */
export class SlicingReader extends ReaderDecorator {
  readonly #size: number
  readonly #lastPieces = new Map<Uint8Array, Uint8Array>()
  #buffer: Uint8Array | undefined
  #offset = 0
  #blockIsLast = false

  constructor(inner: ChunkReader, size: number) {
    super(inner)
    this.#size = size
  }

  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#buffer !== undefined) return this.#handPiece(this.#buffer, callback)
    this.inner.read(Math.min(sizeHint, this.#size), (error, buffer, last = false) => {
      if (error !== null || buffer === undefined) return callback(error, buffer, last)
      this.#offset = 0
      this.#blockIsLast = last
      this.#handPiece(buffer, callback)
    })
  }

  /** The memory of a block is free when its last piece is. */
  override release(piece: Uint8Array): void {
    const buffer = this.#lastPieces.get(piece)
    if (buffer === undefined) return
    this.#lastPieces.delete(piece)
    this.inner.release(buffer)
  }

  #handPiece(buffer: Uint8Array, callback: ReadCallback): void {
    const piece = buffer.subarray(this.#offset, this.#offset + this.#size)
    this.#offset += piece.length
    const usedUp = this.#offset === buffer.length
    this.#buffer = usedUp ? undefined : buffer
    if (usedUp) this.#lastPieces.set(piece, buffer)
    callback(null, piece, usedUp && this.#blockIsLast)
  }
}
