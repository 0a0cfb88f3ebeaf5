import type { BlockMemory } from './block-memory.js'
import type { ChunkReader, Segment, TakeBlock } from './source.js'

/**
 * Reads segments of bytes that are in memory. Its blocks are views of them where `memory` may be shared,
 * and copies where it may not.
 */
export class MemoryBody implements ChunkReader {
  readonly #bytes: Uint8Array
  readonly #segments: readonly Segment[]
  readonly #chunkSize: number
  readonly #memory: BlockMemory
  #index = 0
  #position = 0

  constructor(
    bytes: Uint8Array,
    segments: readonly Segment[],
    chunkSize: number,
    memory: BlockMemory,
  ) {
    this.#bytes = bytes
    this.#segments = segments
    this.#chunkSize = chunkSize
    this.#memory = memory
  }

  read(want: number, take: TakeBlock): void {
    const segment = this.#segments[this.#index]
    if (segment === undefined) return take(null)
    const whole =
      segment instanceof Uint8Array ? segment : this.#bytes.subarray(segment.start, segment.end + 1)
    const chunks = Math.max(Math.floor(want / this.#chunkSize), 1)
    const end = Math.min(this.#position + chunks * this.#chunkSize, whole.length)
    const block =
      this.#position === 0 && end === whole.length ? whole : whole.subarray(this.#position, end)
    this.#position = end
    if (end === whole.length) this.#advance()
    take(null, this.#handed(block), this.#index === this.#segments.length)
  }

  #handed(block: Uint8Array): Uint8Array {
    if (this.#memory.mayShare()) return block
    const copy = this.#memory.take(block.length, block.length)
    copy.set(block)
    return copy
  }

  recycle(block: Uint8Array): void {
    this.#memory.giveBack(block)
  }

  close(): undefined {
    this.#memory.writeOff()
  }

  #advance(): void {
    this.#index++
    this.#position = 0
  }
}
