import { type BigIntStats, fstatSync, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { BlockLoan, type BlockMemory } from './block-memory.js'
import { FileBody } from './file-body.js'
import { changeSince, type FileChange } from './file-change.js'
import { sizeOfFile } from './file-size.js'
import { FollowBody } from './follow-body.js'
import type {
  ChunkReader,
  FileBytes,
  FileState,
  FollowSettings,
  Found,
  OpenFile,
  Segment,
} from './source.js'

/**
 * A file that the application has opened, and closes. It is read from its beginning, wherever the
 * handle stands, and through the handle: were it closed meanwhile, its number could be another file.
 */
class HandleFile implements OpenFile, FileBytes {
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
    memory: BlockMemory = new BlockLoan(),
  ): ChunkReader {
    return new FileBody(this, segments, chunkSize, memory)
  }

  follow(start: number, settings: FollowSettings): ChunkReader {
    return new FollowBody(this, start, settings)
  }

  fill(buffer: Uint8Array, position: number, done: (error: Error | null, read: number) => void) {
    this.#fill(buffer, position).then(
      (bytesRead) => done(null, bytesRead),
      (error: Error) => done(error, 0),
    )
  }

  compare(done: (change: FileChange) => void): void {
    this.#handle.stat({ bigint: true }).then(
      (now) => done(changeSince(this, now)),
      () => done('rewritten'),
    )
  }

  /** A handle has no name that could lead elsewhere. */
  async state(): Promise<FileState> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true })
    return { size: Number(size), mtimeNs, inPlace: true }
  }

  close(): void {}

  async #fill(buffer: Uint8Array, position: number): Promise<number> {
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

/** The file behind a handle, if it is a regular one: others cannot be read without waiting. */
export async function openHandle(handle: FileHandle): Promise<Found> {
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) {
      return { kind: 'nothing', error: new TypeError('The FileHandle is not of a regular file') }
    }
    const size = await sizeOfFile(stats, () => readsAnything(handle))
    return { kind: 'file', file: new HandleFile(handle, stats, size) }
  } catch (error) {
    return { kind: 'nothing', error }
  }
}

async function readsAnything(handle: FileHandle): Promise<boolean> {
  return (await handle.read(Buffer.allocUnsafe(1), 0, 1, 0)).bytesRead > 0
}
