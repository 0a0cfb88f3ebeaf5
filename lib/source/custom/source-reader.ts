import { sourceError } from '../../errors.js'
import type { ByteRange, Segment } from '../../http/byte-ranges.js'
import { iterationOf } from '../../iterators.js'
import { isPromiseLike } from '../../promise-like.js'
import type { BufferPool } from '../buffer-pool.js'
import type { ChunkReader, ReadCallback } from '../source.js'
import { RangeReader } from './range-reader.js'
import type { ChunksOptions } from './source-contract.js'

/** The file that a {@link SourceReader} reads. */
export interface ReadableFile {
  /** The milliseconds in which the next piece must come; unlimited if left out. */
  readonly stallTimeout: number | undefined
  chunks(options: ChunksOptions): unknown
  /** Never rejects. */
  closeAndWait(): Promise<void>
}

/** Reads segments of a file of a source, one after the other. */
export class SourceReader implements ChunkReader {
  readonly #file: ReadableFile
  readonly #segments: readonly Segment[]
  readonly #chunkSize: number
  readonly #pool: BufferPool
  readonly #controller = new AbortController()
  #index = 0
  #range: RangeReader | undefined
  #closed: Promise<void> | undefined

  constructor(
    file: ReadableFile,
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool,
  ) {
    this.#file = file
    this.#segments = segments
    this.#chunkSize = chunkSize
    this.#pool = pool
  }

  read(sizeHint: number, callback: ReadCallback): void {
    const segment = this.#segments[this.#index]
    if (segment === undefined) return callback(null)
    if (segment instanceof Uint8Array) {
      this.#index++
      return callback(null, segment, this.#isAtEnd())
    }
    this.#readRange(segment, sizeHint).then(
      (buffer) => callback(null, buffer, this.#isAtEnd()),
      (error: unknown) => callback(sourceError(error)),
    )
  }

  release(buffer: Uint8Array): void {
    this.#pool.release(buffer)
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #readRange(range: ByteRange, sizeHint: number): Promise<Uint8Array | undefined> {
    this.#range ??= this.#openRange(range)
    const buffer = await this.#range.next(sizeHint)
    if (this.#range.ended) {
      this.#range = undefined
      this.#index++
    }
    return buffer
  }

  #openRange({ start, end }: ByteRange): RangeReader {
    const { signal } = this.#controller
    const chunks = this.#file.chunks({ start, end, signal })
    const iterate = iterationOf(chunks)
    if (iterate === undefined) {
      // A rejection that nothing handles would end the process.
      if (isPromiseLike(chunks)) chunks.then(undefined, () => {})
      throw new TypeError('chunks() of a source must return an iterable of Uint8Arrays, no promise')
    }
    return new RangeReader(iterate(), {
      length: end - start + 1,
      chunkSize: this.#chunkSize,
      pool: this.#pool,
      stallTimeout: this.#file.stallTimeout,
    })
  }

  async #end(): Promise<void> {
    this.#pool.abandon()
    if (!this.#isAtEnd()) this.#controller.abort()
    await this.#range?.close()
    await this.#file.closeAndWait()
  }

  #isAtEnd(): boolean {
    return this.#index >= this.#segments.length
  }
}
