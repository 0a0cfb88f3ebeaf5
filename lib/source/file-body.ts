import { type BlockMemory, SMALL_BLOCK } from './block-memory.js'
import type { ByteRange, ChunkReader, FileBytes, Segment, TakeBlock } from './source.js'

// A stat costs as much as a small read, so not every block is followed by one. The end always is, so
// this only says how much of a changed file is sent before the body is cut off.
const BYTES_BETWEEN_CHECKS = 16 * 1024 * 1024

/** The file became shorter, or was written over, while it was being sent. */
export class FileChangedError extends Error {
  override name = 'FileChangedError'
  readonly code = 'ERR_FILE_CHANGED'

  constructor() {
    super('The file changed while it was being sent')
  }
}

/** Reads segments of one file from the disk, in blocks of whole chunks. */
export class FileBody implements ChunkReader {
  readonly #file: FileBytes
  readonly #segments: readonly Segment[]
  readonly #chunkSize: number
  readonly #memory: BlockMemory
  #index = 0
  #position: number
  #blocks = 0
  #uncheckedBytes = 0

  constructor(
    file: FileBytes,
    segments: readonly Segment[],
    chunkSize: number,
    memory: BlockMemory,
  ) {
    this.#file = file
    this.#segments = segments
    this.#chunkSize = chunkSize
    this.#memory = memory
    this.#position = startOf(segments[0])
  }

  read(want: number, take: TakeBlock): void {
    const segment = this.#segments[this.#index]
    if (segment === undefined) return this.#end(take)
    if (!(segment instanceof Uint8Array)) return this.#readRange(segment, want, take)
    this.#advance()
    this.#hand(segment, take)
  }

  recycle(block: Uint8Array): void {
    this.#memory.giveBack(block)
  }

  close(): undefined {
    this.#file.close()
    this.#memory.writeOff()
  }

  #readRange(range: ByteRange, want: number, take: TakeBlock): void {
    const remaining = range.end - this.#position + 1
    const target = this.#memoryFor(want, remaining)
    this.#file.fill(target, this.#position, (error, bytesRead) => {
      if (error) return take(error)
      if (bytesRead < target.length) return this.#atEndOfFile(target, bytesRead, take)
      this.#position += bytesRead
      if (this.#position > range.end) this.#advance()
      this.#check(target, take)
    })
  }

  #memoryFor(want: number, remaining: number): Uint8Array {
    const bytes = this.#blockOf(want, remaining)
    return this.#memory.take(bytes, this.#blockOf(SMALL_BLOCK, remaining))
  }

  /** As many whole chunks as fit into `want` bytes, but at least one. */
  #blockOf(want: number, remaining: number): number {
    const chunks = Math.max(Math.floor(want / this.#chunkSize), 1)
    return Math.min(chunks * this.#chunkSize, remaining)
  }

  #atEndOfFile(target: Uint8Array, bytesRead: number, take: TakeBlock): void {
    if (this.#file.size !== undefined) return take(new FileChangedError())
    this.#advance()
    if (bytesRead === 0) this.read(0, take)
    else this.#hand(target.subarray(0, bytesRead), take)
  }

  #check(block: Uint8Array, take: TakeBlock): void {
    this.#blocks++
    this.#uncheckedBytes += block.length
    const due = this.#isAtEnd() || this.#uncheckedBytes >= BYTES_BETWEEN_CHECKS
    if (!due || this.#blocks === 1) return this.#hand(block, take)
    this.#uncheckedBytes = 0
    this.#file.verify((unchanged) => {
      if (unchanged) this.#hand(block, take)
      else take(new FileChangedError())
    })
  }

  #hand(block: Uint8Array, take: TakeBlock): void {
    const last = this.#isAtEnd()
    if (last) this.#file.close()
    take(null, block, last)
  }

  #end(take: TakeBlock): void {
    this.#file.close()
    take(null)
  }

  #advance(): void {
    this.#index++
    this.#position = startOf(this.#segments[this.#index])
  }

  #isAtEnd(): boolean {
    return this.#index >= this.#segments.length
  }
}

function startOf(segment: Segment | undefined): number {
  return segment === undefined || segment instanceof Uint8Array ? 0 : segment.start
}
