import {
  type BigIntStats,
  fstat,
  fstatSync,
  read as readDescriptor,
  type Stats,
  stat as statPath,
} from 'node:fs'
import type { Segment } from '../../http/byte-ranges.js'
import { type BufferPool, PooledBuffers } from '../buffer-pool.js'
import type {
  ChunkReader,
  FileState,
  FollowOptions,
  OpenFile,
  RandomAccessFile,
} from '../source.js'
import type { Descriptor } from './descriptor.js'
import { changeSince, type FileChange } from './file-change.js'
import { FileReader } from './file-reader.js'
import type { FileVersion } from './file-version.js'
import { FollowReader } from './follow-reader.js'

/** A read began after the file was closed. */
class FileClosedError extends Error {
  override name = 'FileClosedError'

  constructor() {
    super('The file was closed while it was being read')
  }
}

type ReadFullyCallback = (error: Error | null, bytesRead: number) => void

/** An open regular file, as it was when it was opened. */
export class DiskFile implements OpenFile, RandomAccessFile {
  readonly path: string
  readonly size: number | undefined
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly version: FileVersion
  readonly #descriptor: Descriptor
  #pendingReads = 0
  #closed = false

  constructor(path: string, descriptor: Descriptor, stats: FileVersion, size: number | undefined) {
    this.path = path
    this.#descriptor = descriptor
    this.size = size
    this.mtimeNs = stats.mtimeNs
    this.ctimeNs = stats.ctimeNs
    this.version = stats
  }

  get id(): string {
    return `${this.version.dev}:${this.version.ino}:${this.path}`
  }

  /** Another handle of the same open file, which is closed separately. Not after this one was closed. */
  share(): DiskFile {
    return new DiskFile(this.path, this.#descriptor.retain(), this.version, this.size)
  }

  stats(): Stats {
    return fstatSync(this.#descriptor.number)
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool = new PooledBuffers(),
  ): ChunkReader {
    return new FileReader(this, segments, chunkSize, pool)
  }

  follow(start: number, options: FollowOptions): ChunkReader {
    return new FollowReader(this, start, options)
  }

  /**
   * Fills `buffer` from `position` on. A single read may return less before the end: `/proc` returns
   * 4 KiB whatever is asked for.
   */
  readFully(buffer: Uint8Array, position: number, callback: ReadFullyCallback): void {
    this.#readFrom(buffer, 0, position, callback)
  }

  #readFrom(
    buffer: Uint8Array,
    filled: number,
    position: number,
    callback: ReadFullyCallback,
  ): void {
    // The number of a closed descriptor may be another file's by now.
    if (this.#closed) return callback(new FileClosedError(), filled)
    this.#beginRead()
    readDescriptor(
      this.#descriptor.number,
      buffer,
      filled,
      buffer.length - filled,
      position + filled,
      (error, bytesRead) => {
        this.#endRead()
        if (error) return callback(error, filled)
        const total = filled + bytesRead
        if (bytesRead === 0 || total === buffer.length) return callback(null, total)
        this.#readFrom(buffer, total, position, callback)
      },
    )
  }

  checkChange(callback: (change: FileChange) => void): void {
    // After a disconnect nobody uses the result.
    if (this.#closed) return callback('rewritten')
    this.#beginRead()
    fstat(this.#descriptor.number, { bigint: true }, (error, now) => {
      this.#endRead()
      callback(error ? 'rewritten' : changeSince(this, now))
    })
  }

  /** Uses `stat` of the path, and `fstat` of the descriptor only if the path leads elsewhere by now. */
  async currentState(): Promise<FileState> {
    const named = await this.#statName()
    const inPlace = named?.dev === this.version.dev && named.ino === this.version.ino
    const { size, mtimeNs } = inPlace ? named : await this.#statOpened()
    return { size: Number(size), mtimeNs, inPlace }
  }

  #statName(): Promise<BigIntStats | undefined> {
    return new Promise((resolve) =>
      statPath(this.path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
    )
  }

  #statOpened(): Promise<BigIntStats> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new FileClosedError())
      this.#beginRead()
      fstat(this.#descriptor.number, { bigint: true }, (error, stats) => {
        this.#endRead()
        if (error) reject(error)
        else resolve(stats)
      })
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#pendingReads === 0) this.#descriptor.release()
  }

  #beginRead(): void {
    this.#pendingReads++
  }

  #endRead(): void {
    this.#pendingReads--
    // A descriptor that is closed during a read may be another file's when the read happens.
    if (this.#closed && this.#pendingReads === 0) this.#descriptor.release()
  }
}
