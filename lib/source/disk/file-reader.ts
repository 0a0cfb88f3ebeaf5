import type { ByteRange, Segment } from '../../http/byte-ranges.js'
import type { BufferPool } from '../buffer-pool.js'
import type { ChunkReader, NothingSent, RandomAccessFile, ReadCallback } from '../source.js'
import { FileSamples } from './file-samples.js'
import { PageCache } from './page-cache.js'
import type { Sendfile } from './sendfile.js'

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

/** Reads segments of one file, in buffers of whole chunks. With `calls` it is a `SendfileReader`. */
export class FileReader implements ChunkReader {
  readonly #cache: PageCache | undefined
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
    calls?: Sendfile,
  ) {
    this.#cache = calls && new PageCache(file, calls)
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

  get calls(): Sendfile | undefined {
    return this.#cache?.calls
  }

  /** The last chunk is always read, so that it is sent after the file was checked. */
  get sendable(): number {
    const range = this.#segments[this.#index]
    // Without samples, nothing was read yet.
    if (range === undefined || range instanceof Uint8Array || this.#samples === undefined) return 0
    if (this.#isCheckDue()) return 0
    const length = range.end - range.start + 1
    const lastChunk = Math.floor((length - 1) / this.#chunkSize) * this.#chunkSize
    return Math.max(range.start + lastChunk - this.#position, 0)
  }

  sendTo(socket: number, bytes: number): number | NothingSent {
    const most = Math.min(bytes, this.sendable)
    if (this.#cache === undefined || most === 0) return 'read'
    const sent = this.#cache.send(socket, this.#position, most, this.#samples)
    if (typeof sent !== 'number') return sent
    this.#position += sent
    this.#uncheckedBytes += sent
    return sent
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
    const target = this.#allocate(sizeHint, range, remaining)
    const position = this.#position
    const filled = (error: Error | null, bytesRead: number) => {
      if (error) return callback(error)
      if (bytesRead < target.length) return this.#atEndOfFile(target, bytesRead, callback)
      this.#position += bytesRead
      if (this.#position > range.end) this.#advance()
      this.#check(target, position, callback)
    }
    // The first read takes its time, as without the cache: the application may respond meanwhile.
    const isCached = this.#samples !== undefined && this.#cache?.read(target, position) === true
    if (!isCached) this.#file.readFully(target, position, filled)
    // The client waits for the buffer, so the samples are read after it.
    if (target.length < remaining || this.#index < this.#lastRange) this.#startSampling()
    if (isCached) filled(null, target.length)
  }

  #startSampling(): void {
    const last = this.#segments[this.#lastRange]
    if (last === undefined || last instanceof Uint8Array) return
    this.#samples ??= new FileSamples(this.#cache ?? this.#file, last)
  }

  #allocate(sizeHint: number, range: ByteRange, remaining: number): Uint8Array {
    const bytes = Math.min(this.#bufferSize(sizeHint, range), remaining)
    return this.#pool.allocate(bytes, Math.min(this.#chunkSize, remaining))
  }

  /** As many whole chunks as fit into `sizeHint` bytes, but at least one. A part of a chunk may have been sent. */
  #bufferSize(sizeHint: number, range: ByteRange): number {
    const partOfChunk = (this.#position - range.start) % this.#chunkSize
    if (partOfChunk > 0) return Math.min(sizeHint, this.#chunkSize - partOfChunk)
    return Math.max(Math.floor(sizeHint / this.#chunkSize), 1) * this.#chunkSize
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
