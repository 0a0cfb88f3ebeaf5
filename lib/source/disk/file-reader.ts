import type { ByteRange, Segment } from '../../http/byte-ranges.js'
import type { BufferPool } from '../buffer-pool.js'
import type { ChunkReader, RandomAccessFile, ReadCallback } from '../source.js'
import { FileSamples } from './file-samples.js'

// An `fstat` costs as much as a small read, so not every buffer is checked. The last one always is. These
// bounds only decide how much of a changed file is sent before the response is aborted: to a fast client so
// many bytes, to a slow one what it accepts in so many milliseconds.
const BYTES_BETWEEN_CHECKS = 16 * 1024 * 1024
const MS_BETWEEN_CHECKS = 100

/** The file became shorter or was rewritten while it was being sent. */
export class FileChangedError extends Error {
  override name = 'FileChangedError'
  readonly code = 'ERR_FILE_CHANGED'

  constructor() {
    super('The file changed while it was being sent')
  }
}

/** Reads segments of one file, in buffers of whole chunks. */
export class FileReader implements ChunkReader {
  readonly #file: RandomAccessFile
  readonly #segments: readonly Segment[]
  readonly #chunkSize: number
  readonly #pool: BufferPool
  readonly #lastRange: number
  #index = 0
  #position: number
  #samples: FileSamples | undefined
  #uncheckedBytes = 0
  #checkedAt = performance.now()

  constructor(
    file: RandomAccessFile,
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool,
  ) {
    this.#file = file
    this.#segments = segments
    this.#chunkSize = chunkSize
    this.#pool = pool
    this.#lastRange = segments.findLastIndex((segment) => !(segment instanceof Uint8Array))
    this.#position = startOf(segments[0])
  }

  read(sizeHint: number, callback: ReadCallback): void {
    const segment = this.#segments[this.#index]
    if (segment === undefined) return this.#end(callback)
    if (!(segment instanceof Uint8Array)) return this.#readRange(segment, sizeHint, callback)
    this.#advance()
    this.#deliver(segment, callback)
  }

  release(buffer: Uint8Array): void {
    this.#pool.release(buffer)
  }

  close(): undefined {
    this.#file.close()
    this.#pool.abandon()
  }

  #readRange(range: ByteRange, sizeHint: number, callback: ReadCallback): void {
    const remaining = range.end - this.#position + 1
    const target = this.#allocate(sizeHint, remaining)
    const position = this.#position
    this.#file.readFully(target, position, (error, bytesRead) => {
      if (error) return callback(error)
      if (bytesRead < target.length) return this.#atEndOfFile(target, bytesRead, callback)
      this.#position += bytesRead
      if (this.#position > range.end) this.#advance()
      this.#check(target, position, callback)
    })
    // The client waits for the buffer, so the samples are read after it.
    if (target.length < remaining || this.#index < this.#lastRange) this.#startSampling()
  }

  #startSampling(): void {
    const last = this.#segments[this.#lastRange]
    if (last === undefined || last instanceof Uint8Array) return
    this.#samples ??= new FileSamples(this.#file, last)
  }

  #allocate(sizeHint: number, remaining: number): Uint8Array {
    const bytes = this.#bufferSize(sizeHint, remaining)
    return this.#pool.allocate(bytes, Math.min(this.#chunkSize, remaining))
  }

  /** As many whole chunks as fit into `sizeHint` bytes, but at least one. */
  #bufferSize(sizeHint: number, remaining: number): number {
    const chunks = Math.max(Math.floor(sizeHint / this.#chunkSize), 1)
    return Math.min(chunks * this.#chunkSize, remaining)
  }

  #atEndOfFile(target: Uint8Array, bytesRead: number, callback: ReadCallback): void {
    if (this.#file.size !== undefined) return callback(new FileChangedError())
    this.#advance()
    if (bytesRead === 0) this.read(0, callback)
    else this.#deliver(target.subarray(0, bytesRead), callback)
  }

  /** Delivers a buffer if it is of the same version of the file as those before it. */
  #check(buffer: Uint8Array, position: number, callback: ReadCallback): void {
    const samples = this.#samples
    const isLast = this.#index > this.#lastRange
    if (samples === undefined) return this.#deliver(buffer, callback)
    this.#uncheckedBytes += buffer.length
    if (!isLast && !this.#isCheckDue()) {
      samples.add(buffer, position)
      return this.#deliver(buffer, callback)
    }
    this.#uncheckedBytes = 0
    this.#checkedAt = performance.now()
    this.#isSameVersion(samples, (same) => {
      if (!same) return callback(new FileChangedError())
      samples.add(buffer, position)
      this.#deliver(buffer, callback)
    })
  }

  #isCheckDue(): boolean {
    return (
      this.#uncheckedBytes >= BYTES_BETWEEN_CHECKS ||
      performance.now() - this.#checkedAt >= MS_BETWEEN_CHECKS
    )
  }

  /** A file that was only appended to, such as a log, still has the bytes it had when it was opened. */
  #isSameVersion(samples: FileSamples, callback: (same: boolean) => void): void {
    this.#file.checkChange((change) => {
      if (change === 'grown') void samples.stillMatch().then(callback)
      else callback(change === 'none')
    })
  }

  #deliver(buffer: Uint8Array, callback: ReadCallback): void {
    const last = this.#isAtEnd()
    if (last) this.#file.close()
    callback(null, buffer, last)
  }

  #end(callback: ReadCallback): void {
    this.#file.close()
    callback(null)
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
