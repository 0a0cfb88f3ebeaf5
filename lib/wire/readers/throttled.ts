import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { ReaderAround } from './reader-around.js'

// Small enough that a player sees no gap, large enough that timers keep up.
const PIECES_PER_SECOND = 20

// What a client did not take in time it may have later, but not all at once.
const CATCH_UP_MS = 100

/** Gives blocks in small pieces, and no more of them than so many bytes per second. */
export class Throttled extends ReaderAround {
  readonly #bytesPerMs: number
  readonly #piece: number
  readonly #lastPieces = new Map<Uint8Array, Uint8Array>()
  #block: Uint8Array | undefined
  #offset = 0
  #blockIsLast = false
  #due = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(inner: ChunkReader, bytesPerSecond: number) {
    super(inner)
    this.#bytesPerMs = bytesPerSecond / 1000
    this.#piece = Math.max(Math.floor(bytesPerSecond / PIECES_PER_SECOND), 1)
  }

  read(want: number, take: TakeBlock): void {
    const wait = this.#due - performance.now()
    if (wait <= 0) return this.#readNow(want, take)
    this.#timer = setTimeout(() => this.#readNow(want, take), wait)
  }

  /** The memory of a block is free when its last piece is. */
  override recycle(piece: Uint8Array): void {
    const block = this.#lastPieces.get(piece)
    if (block === undefined) return
    this.#lastPieces.delete(piece)
    this.inner.recycle(block)
  }

  override close(): Promise<void> | undefined {
    clearTimeout(this.#timer)
    return super.close()
  }

  #readNow(want: number, take: TakeBlock): void {
    if (this.#block !== undefined) return this.#handPiece(this.#block, take)
    this.inner.read(Math.min(want, this.#piece), (error, block, last = false) => {
      if (error !== null || block === undefined) return take(error, block, last)
      this.#block = block
      this.#offset = 0
      this.#blockIsLast = last
      this.#handPiece(block, take)
    })
  }

  #handPiece(block: Uint8Array, take: TakeBlock): void {
    const piece = block.subarray(this.#offset, this.#offset + this.#piece)
    this.#offset += piece.length
    const usedUp = this.#offset === block.length
    if (usedUp) {
      this.#block = undefined
      this.#lastPieces.set(piece, block)
    }
    const earliest = performance.now() - CATCH_UP_MS
    this.#due = Math.max(this.#due, earliest) + piece.length / this.#bytesPerMs
    take(null, piece, usedUp && this.#blockIsLast)
  }
}
