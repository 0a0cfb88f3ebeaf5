import type { BlockMemory } from './block-memory.js'
import { FileSamples } from './file-samples.js'
import type { ByteRange, ChunkReader, FileBytes, Segment, TakeBlock } from './source.js'

// A stat costs as much as a small read, so not every block is followed by one. The end always is, so
// these only say how much of a changed file is sent before the body is cut off: to a fast client so
// many bytes, to a slow one what it takes in so many milliseconds.
const BYTES_BETWEEN_CHECKS = 16 * 1024 * 1024
const MS_BETWEEN_CHECKS = 100

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
  readonly #lastRange: number
  #index = 0
  #position: number
  #samples: FileSamples | undefined
  #uncheckedBytes = 0
  #checkedAt = performance.now()

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
    this.#lastRange = segments.findLastIndex((segment) => !(segment instanceof Uint8Array))
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
    const position = this.#position
    this.#file.fill(target, position, (error, bytesRead) => {
      if (error) return take(error)
      if (bytesRead < target.length) return this.#atEndOfFile(target, bytesRead, take)
      this.#position += bytesRead
      if (this.#position > range.end) this.#advance()
      this.#check(target, position, take)
    })
    // After the block, which the client waits for.
    if (target.length < remaining || this.#index < this.#lastRange) this.#beginSampling()
  }

  #beginSampling(): void {
    const last = this.#segments[this.#lastRange]
    if (last === undefined || last instanceof Uint8Array) return
    this.#samples ??= new FileSamples(this.#file, last)
  }

  #memoryFor(want: number, remaining: number): Uint8Array {
    const bytes = this.#blockOf(want, remaining)
    return this.#memory.take(bytes, Math.min(this.#chunkSize, remaining))
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

  /** Hands a block out, if it belongs to the same version of the file as those before it. */
  #check(block: Uint8Array, position: number, take: TakeBlock): void {
    const samples = this.#samples
    const over = this.#index > this.#lastRange
    if (samples === undefined) return this.#hand(block, take)
    this.#uncheckedBytes += block.length
    if (!over && !this.#isCheckDue()) {
      samples.add(block, position)
      return this.#hand(block, take)
    }
    this.#uncheckedBytes = 0
    this.#checkedAt = performance.now()
    this.#isSameVersion(samples, (same) => {
      if (!same) return take(new FileChangedError())
      samples.add(block, position)
      this.#hand(block, take)
    })
  }

  #isCheckDue(): boolean {
    return (
      this.#uncheckedBytes >= BYTES_BETWEEN_CHECKS ||
      performance.now() - this.#checkedAt >= MS_BETWEEN_CHECKS
    )
  }

  /** A file that was only appended to is what it was, up to the size it had: so logs are served. */
  #isSameVersion(samples: FileSamples, done: (same: boolean) => void): void {
    this.#file.compare((change) => {
      if (change === 'grown') void samples.stillMatch().then(done)
      else done(change === 'none')
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
