import type { Stats } from 'node:fs'
import type { Segment } from '../../http/byte-ranges.js'
import { type BufferPool, PooledBuffers } from '../buffer-pool.js'
import type {
  ChunkReader,
  FileState,
  FollowOptions,
  OpenFile,
  RandomAccessFile,
} from '../source.js'
import type { FileChange } from './file-change.js'
import { FileReader } from './file-reader.js'
import type { FileVersion } from './file-version.js'
import { FollowReader } from './follow-reader.js'
import type { Sendfile } from './sendfile.js'

/** An open regular file, with its metadata as it was when it was opened. */
export abstract class RegularFile implements OpenFile, RandomAccessFile {
  readonly path: string
  readonly size: number | undefined
  readonly version: FileVersion
  // Declared, so that they are not inherited from an `Object.prototype` that was added to.
  readonly bytes = undefined
  readonly etag = undefined
  readonly type = undefined
  readonly headers = undefined
  readonly negotiated = undefined

  constructor(path: string, version: FileVersion, size: number | undefined) {
    this.path = path
    this.version = version
    this.size = size
  }

  get id(): string {
    return `${this.version.dev}:${this.version.ino}:${this.path}`
  }

  get mtimeNs(): bigint {
    return this.version.mtimeNs
  }

  get ctimeNs(): bigint {
    return this.version.ctimeNs
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool = new PooledBuffers(),
    calls?: Sendfile,
  ): ChunkReader {
    return new FileReader(this, segments, chunkSize, pool, calls)
  }

  follow(start: number, options: FollowOptions): ChunkReader {
    return new FollowReader(this, start, options)
  }

  abstract readonly descriptor: number | undefined

  abstract stats(): Stats

  abstract readFully(
    buffer: Uint8Array,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): void

  abstract checkChange(callback: (change: FileChange) => void): void

  abstract currentState(): Promise<FileState>

  abstract close(): void
}
