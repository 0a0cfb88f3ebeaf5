import type { Segment } from '../../http/byte-ranges.js'
import type { BufferPool } from '../buffer-pool.js'
import type { ChunkReader, ReadCallback } from '../source.js'

/**
 * Reads segments of bytes that are in memory. Its buffers are views of them if they may be shared, and
 * copies if not.
 */
export class MemoryReader implements ChunkReader {
  readonly #bytes: Uint8Array
  readonly #segments: readonly Segment[]
  readonly #chunkSize: number
  readonly #pool: BufferPool
  #index = 0
  #position = 0

  constructor(
    bytes: Uint8Array,
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool,
  ) {
    this.#bytes = bytes
    this.#segments = segments
    this.#chunkSize = chunkSize
    this.#pool = pool
  }

  read(sizeHint: number, callback: ReadCallback): void {
    const segment = this.#segments[this.#index]
    if (segment === undefined) return callback(null)
    const whole =
      segment instanceof Uint8Array ? segment : this.#bytes.subarray(segment.start, segment.end + 1)
    const chunks = Math.max(Math.floor(sizeHint / this.#chunkSize), 1)
    const end = Math.min(this.#position + chunks * this.#chunkSize, whole.length)
    const buffer =
      this.#position === 0 && end === whole.length ? whole : whole.subarray(this.#position, end)
    this.#position = end
    if (end === whole.length) this.#advance()
    callback(null, this.#shareable(buffer), this.#index === this.#segments.length)
  }

  #shareable(buffer: Uint8Array): Uint8Array {
    if (this.#pool.mayShare()) return buffer
    const copy = this.#pool.allocate(buffer.length, buffer.length)
    copy.set(buffer)
    return copy
  }

  release(buffer: Uint8Array): void {
    this.#pool.release(buffer)
  }

  close(): undefined {
    this.#pool.abandon()
  }

  #advance(): void {
    this.#index++
    this.#position = 0
  }
}
