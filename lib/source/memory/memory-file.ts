import type { Stats } from 'node:fs'
import type { Segment } from '../../http/byte-ranges.js'
import { type BufferPool, PooledBuffers, unpooledBuffers } from '../buffer-pool.js'
import type { DiskFile } from '../disk/disk-file.js'
import { type FileVersion, versionOf } from '../disk/file-version.js'
import type { ChunkReader, OpenFile } from '../source.js'
import { MemoryReader } from './memory-reader.js'

/** A file whose bytes are in memory. It needs no closing, and many readers may read it at once. */
export class MemoryFile implements OpenFile {
  readonly path: string
  readonly size: number
  readonly bytes: Uint8Array
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly version: FileVersion
  // Declared, so that they are not inherited from an `Object.prototype` that was added to.
  readonly realPath = undefined
  readonly etag = undefined
  readonly type = undefined
  readonly headers = undefined
  readonly negotiated = undefined
  readonly #stats: Stats

  /** @param file the file that was read, still open */
  constructor(file: DiskFile, bytes: Uint8Array, stats: Stats) {
    this.path = file.path
    this.size = bytes.length
    this.bytes = bytes
    this.mtimeNs = file.mtimeNs
    this.ctimeNs = file.ctimeNs
    this.version = versionOf(file.version)
    this.#stats = stats
  }

  stats(): Stats {
    return this.#stats
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool = new PooledBuffers(),
  ): ChunkReader {
    return new MemoryReader(this.bytes, segments, chunkSize, pool)
  }

  /** Nothing is ever appended to bytes in memory. */
  follow(start: number): ChunkReader {
    return this.body([{ start, end: this.size - 1 }], this.size, unpooledBuffers)
  }

  close(): void {}
}
