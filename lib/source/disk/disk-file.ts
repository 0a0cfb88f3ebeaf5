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

/** Whoever was reading has closed the file meanwhile. */
class FileClosedError extends Error {
  override name = 'FileClosedError'

  constructor() {
    super('The file was closed while it was being read')
  }
}

type Fill = (error: Error | null, bytesRead: number) => void

/** A regular file on the disk, as it was when it was opened. */
export class DiskFile implements OpenFile, RandomAccessFile {
  readonly path: string
  readonly size: number | undefined
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly version: FileVersion
  readonly #descriptor: Descriptor
  #readsUnderWay = 0
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

  /** The same open file for one more, to be closed by itself. Not once this one is closed. */
  share(): DiskFile {
    return new DiskFile(this.path, this.#descriptor.retain(), this.version, this.size)
  }

  stats(): Stats {
    return fstatSync(this.#descriptor.number)
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    memory: BufferPool = new PooledBuffers(),
  ): ChunkReader {
    return new FileReader(this, segments, chunkSize, memory)
  }

  follow(start: number, settings: FollowOptions): ChunkReader {
    return new FollowReader(this, start, settings)
  }

  /**
   * Fills `buffer` from `position` on; less than its length only at the end of the file. One read
   * can be short of the end: `/proc` gives 4 KiB whatever is asked for.
   */
  readFully(buffer: Uint8Array, position: number, done: Fill): void {
    this.#fillFrom(buffer, 0, position, done)
  }

  #fillFrom(buffer: Uint8Array, filled: number, position: number, done: Fill): void {
    // Its number may name another file by now.
    if (this.#closed) return done(new FileClosedError(), filled)
    this.#reading()
    readDescriptor(
      this.#descriptor.number,
      buffer,
      filled,
      buffer.length - filled,
      position + filled,
      (error, bytesRead) => {
        this.#read()
        if (error) return done(error, filled)
        const total = filled + bytesRead
        if (bytesRead === 0 || total === buffer.length) return done(null, total)
        this.#fillFrom(buffer, total, position, done)
      },
    )
  }

  checkChange(done: (change: FileChange) => void): void {
    // Whoever left while a block was being read does not care.
    if (this.#closed) return done('rewritten')
    this.#reading()
    fstat(this.#descriptor.number, { bigint: true }, (error, now) => {
      this.#read()
      done(error ? 'rewritten' : changeSince(this, now))
    })
  }

  /** Asks by the name, and by the descriptor only where that is another file's by now. */
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
      this.#reading()
      fstat(this.#descriptor.number, { bigint: true }, (error, stats) => {
        this.#read()
        if (error) reject(error)
        else resolve(stats)
      })
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#readsUnderWay === 0) this.#descriptor.release()
  }

  #reading(): void {
    this.#readsUnderWay++
  }

  #read(): void {
    this.#readsUnderWay--
    // A number freed during a read may name another file by the time the read happens.
    if (this.#closed && this.#readsUnderWay === 0) this.#descriptor.release()
  }
}
