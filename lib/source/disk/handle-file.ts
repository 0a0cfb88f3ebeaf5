import { type BigIntStats, fstatSync, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { Segment } from '../../http/byte-ranges.js'
import { type BufferPool, PooledBuffers } from '../buffer-pool.js'
import type {
  ChunkReader,
  FileState,
  FollowOptions,
  OpenFile,
  OpenResult,
  RandomAccessFile,
} from '../source.js'
import { changeSince, type FileChange } from './file-change.js'
import { FileReader } from './file-reader.js'
import { sizeOfFile } from './file-size.js'
import { FollowReader } from './follow-reader.js'

export type { FileHandle }

/**
 * A file that the application has opened and will close. It is read by position, whatever the position of
 * the handle, and through the handle: the number of a closed descriptor could be another file's.
 */
class HandleFile implements OpenFile, RandomAccessFile {
  readonly path = ''
  readonly id: string
  readonly size: number | undefined
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly #handle: FileHandle

  constructor(handle: FileHandle, stats: BigIntStats, size: number | undefined) {
    this.#handle = handle
    this.size = size
    this.id = `${stats.dev}:${stats.ino}`
    this.mtimeNs = stats.mtimeNs
    this.ctimeNs = stats.ctimeNs
  }

  stats(): Stats {
    return fstatSync(this.#handle.fd)
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

  readFully(
    buffer: Uint8Array,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ) {
    this.#readAt(buffer, position).then(
      (bytesRead) => callback(null, bytesRead),
      (error: Error) => callback(error, 0),
    )
  }

  checkChange(callback: (change: FileChange) => void): void {
    this.#handle.stat({ bigint: true }).then(
      (now) => callback(changeSince(this, now)),
      () => callback('rewritten'),
    )
  }

  /** A handle has no path that could lead elsewhere. */
  async currentState(): Promise<FileState> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true })
    return { size: Number(size), mtimeNs, inPlace: true }
  }

  close(): void {}

  async #readAt(buffer: Uint8Array, position: number): Promise<number> {
    let filled = 0
    while (filled < buffer.length) {
      const left = buffer.length - filled
      const { bytesRead } = await this.#handle.read(buffer, filled, left, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }
}

/** The file of a handle, if it is a regular file: reading any other could block. */
export async function openHandle(handle: FileHandle): Promise<OpenResult> {
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) {
      return { kind: 'missing', error: new TypeError('The FileHandle is not of a regular file') }
    }
    const opened = {
      stat: () => handle.stat({ bigint: true }),
      hasContent: () => hasContent(handle),
    }
    const sized = await sizeOfFile(opened, stats)
    return { kind: 'file', file: new HandleFile(handle, sized.stats, sized.size) }
  } catch (error) {
    return { kind: 'missing', error }
  }
}

async function hasContent(handle: FileHandle): Promise<boolean> {
  return (await handle.read(Buffer.allocUnsafe(1), 0, 1, 0)).bytesRead > 0
}
