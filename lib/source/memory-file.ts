import type { Stats } from 'node:fs'
import { BlockLoan, type BlockMemory, freshMemory } from './block-memory.js'
import type { DiskFile } from './disk-file.js'
import { type FileVersion, versionOf } from './file-version.js'
import { MemoryBody } from './memory-body.js'
import type { ChunkReader, OpenFile, Segment } from './source.js'

/** A file whose bytes are in memory. Many may read it at once, and there is nothing to close. */
export class MemoryFile implements OpenFile {
  readonly path: string
  readonly size: number
  readonly bytes: Uint8Array
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly version: FileVersion
  readonly #stats: Stats

  /** @param file what was read, while it is still open */
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
    memory: BlockMemory = new BlockLoan(),
  ): ChunkReader {
    return new MemoryBody(this.bytes, segments, chunkSize, memory)
  }

  /** Nothing is ever appended to it. */
  follow(start: number): ChunkReader {
    return this.body([{ start, end: this.size - 1 }], this.size, freshMemory)
  }

  close(): void {}
}
