import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

// Small enough that a player sees no gap, large enough that timers keep up.
const PIECES_PER_SECOND = 20

// What a client did not take in time it may have later, but not all at once.
const CATCH_UP_MS = 100

/** Gives blocks in small pieces, and no more of them than so many bytes per second. */
export class ThrottledReader extends ReaderDecorator {
  readonly #bytesPerMs: number
  readonly #piece: number
  readonly #lastPieces = new Map<Uint8Array, Uint8Array>()
  #buffer: Uint8Array | undefined
  #offset = 0
  #blockIsLast = false
  #due = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(inner: ChunkReader, bytesPerSecond: number) {
    super(inner)
    this.#bytesPerMs = bytesPerSecond / 1000
    this.#piece = Math.max(Math.floor(bytesPerSecond / PIECES_PER_SECOND), 1)
  }

  read(sizeHint: number, callback: ReadCallback): void {
    const wait = this.#due - performance.now()
    if (wait <= 0) return this.#readNow(sizeHint, callback)
    this.#timer = setTimeout(() => this.#readNow(sizeHint, callback), wait)
  }

  /** The memory of a block is free when its last piece is. */
  override release(piece: Uint8Array): void {
    const buffer = this.#lastPieces.get(piece)
    if (buffer === undefined) return
    this.#lastPieces.delete(piece)
    this.inner.release(buffer)
  }

  override close(): Promise<void> | undefined {
    clearTimeout(this.#timer)
    return super.close()
  }

  #readNow(sizeHint: number, callback: ReadCallback): void {
    if (this.#buffer !== undefined) return this.#handPiece(this.#buffer, callback)
    this.inner.read(Math.min(sizeHint, this.#piece), (error, buffer, last = false) => {
      if (error !== null || buffer === undefined) return callback(error, buffer, last)
      this.#buffer = buffer
      this.#offset = 0
      this.#blockIsLast = last
      this.#handPiece(buffer, callback)
    })
  }

  #handPiece(buffer: Uint8Array, callback: ReadCallback): void {
    const piece = buffer.subarray(this.#offset, this.#offset + this.#piece)
    this.#offset += piece.length
    const usedUp = this.#offset === buffer.length
    if (usedUp) {
      this.#buffer = undefined
      this.#lastPieces.set(piece, buffer)
    }
    const earliest = performance.now() - CATCH_UP_MS
    this.#due = Math.max(this.#due, earliest) + piece.length / this.#bytesPerMs
    callback(null, piece, usedUp && this.#blockIsLast)
  }
}
