import { sourceLengthMismatch, sourceTimeout } from '../../errors.js'
import { type IteratorLike, isIteratorResult, returnIterator } from '../../iterators.js'
import type { BufferPool } from '../buffer-pool.js'

/** What is read of a range, and how. */
export interface RangeReaderOptions {
  /** In bytes; `Infinity` if it is not known. */
  readonly length: number
  readonly chunkSize: number
  readonly pool: BufferPool
  /** The milliseconds in which the next piece must come; unlimited if left out. */
  readonly stallTimeout?: number | undefined
}

/**
 * Regroups one range of a file into buffers of whole chunks, and verifies its length. The piece that
 * completes the length is held until the iterator has ended: a client that has all the bytes it expects
 * cannot be told of more.
 */
export class RangeReader {
  readonly #iterator: IteratorLike
  readonly #chunkSize: number
  readonly #pool: BufferPool
  readonly #length: number
  readonly #stallTimeout: number | undefined
  #received = 0
  #delivered = 0
  #piece: Uint8Array | undefined
  #chunk: Uint8Array | undefined
  #filled = 0
  #iteratorEnded = false

  constructor(
    iterator: IteratorLike,
    { length, chunkSize, pool, stallTimeout }: RangeReaderOptions,
  ) {
    this.#iterator = iterator
    this.#length = length
    this.#chunkSize = chunkSize
    this.#pool = pool
    this.#stallTimeout = stallTimeout
  }

  /** Whether everything was delivered. */
  get ended(): boolean {
    return this.#iteratorEnded && this.#piece === undefined && this.#filled === 0
  }

  /** The next buffer, as `ChunkReader.read` wants it; `undefined` at the end of a range of unknown length. */
  async next(sizeHint: number): Promise<Uint8Array | undefined> {
    while (true) {
      this.#piece ??= await this.#pull()
      const buffer = this.#piece === undefined ? this.#rest() : this.#take(this.#piece, sizeHint)
      if (buffer !== undefined) this.#delivered += buffer.length
      if (buffer !== undefined || this.ended) return buffer
    }
  }

  /** Ends the iterator, if it has not ended by itself. Never rejects. */
  async close(): Promise<void> {
    if (this.#iteratorEnded) return
    this.#iteratorEnded = true
    await returnIterator(this.#iterator)
  }

  /** The next piece that is not empty; `undefined` at the end. */
  async #pull(): Promise<Uint8Array | undefined> {
    const piece = await this.#nextPiece()
    if (piece === undefined || this.#received < this.#length) return piece
    if (this.#received === this.#length && (await this.#nextPiece()) === undefined) return piece
    throw sourceLengthMismatch(this.#length, this.#received)
  }

  async #nextPiece(): Promise<Uint8Array | undefined> {
    while (!this.#iteratorEnded) {
      const { done, value } = await this.#callNext()
      if (done) return this.#endOfIterator()
      if (!(value instanceof Uint8Array)) {
        throw new TypeError('chunks() of a source must yield Uint8Arrays')
      }
      this.#received += value.length
      if (value.length > 0) return value
    }
    return undefined
  }

  async #callNext(): Promise<{ readonly done?: boolean; readonly value?: unknown }> {
    const result = await inTime(this.#settleNext(), this.#stallTimeout)
    if (isIteratorResult(result)) return result
    throw new TypeError('chunks() of a source must return an iterable of Uint8Arrays')
  }

  async #settleNext(): Promise<unknown> {
    try {
      return await this.#iterator.next()
    } catch (error) {
      // An iterator that threw has ended, and `return()` must not be called on it.
      this.#iteratorEnded = true
      throw error
    }
  }

  #endOfIterator(): undefined {
    this.#iteratorEnded = true
    if (Number.isFinite(this.#length) && this.#received < this.#length) {
      throw sourceLengthMismatch(this.#length, this.#received)
    }
  }

  /** Takes the whole chunks of a piece as they are, or copies a part of a chunk. */
  #take(piece: Uint8Array, sizeHint: number): Uint8Array | undefined {
    const endsRange = this.#iteratorEnded && Number.isFinite(this.#length)
    const available = endsRange ? piece.length : piece.length - (piece.length % this.#chunkSize)
    const chunks = Math.max(Math.floor(sizeHint / this.#chunkSize), 1)
    const whole = Math.min(available, chunks * this.#chunkSize)
    if (this.#filled > 0 || whole === 0) return this.#copyFrom(piece)
    this.#keepRest(piece, whole)
    const buffer = whole === piece.length ? piece : piece.subarray(0, whole)
    return this.#pool.mayShare() ? buffer : Buffer.from(buffer)
  }

  #copyFrom(piece: Uint8Array): Uint8Array | undefined {
    const size = Math.min(this.#chunkSize, this.#length - this.#delivered)
    this.#chunk ??= this.#pool.allocate(size, size)
    const part = piece.subarray(0, this.#chunk.length - this.#filled)
    this.#chunk.set(part, this.#filled)
    this.#filled += part.length
    this.#keepRest(piece, part.length)
    return this.#filled === this.#chunk.length ? this.#rest() : undefined
  }

  #keepRest(piece: Uint8Array, taken: number): void {
    this.#piece = taken === piece.length ? undefined : piece.subarray(taken)
  }

  /** What was copied so far. */
  #rest(): Uint8Array | undefined {
    const chunk = this.#filled === 0 ? undefined : this.#chunk?.subarray(0, this.#filled)
    this.#chunk = undefined
    this.#filled = 0
    return chunk
  }
}

/** Rejects if a promise takes longer than so many milliseconds. */
function inTime<T>(promise: Promise<T>, milliseconds: number | undefined): Promise<T> {
  if (milliseconds === undefined) return promise
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(sourceTimeout()), milliseconds)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
