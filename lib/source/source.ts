import type { Stats } from 'node:fs'
import type { Segment } from '../http/byte-ranges.js'
import type { BufferPool } from './buffer-pool.js'
import type { FileChange } from './disk/file-change.js'

export type { Stats }

/**
 * Takes what a {@link ChunkReader} read: an error, or a block of bytes, or `undefined` when there is
 * no more. `last` is true where the reader already knows that nothing follows.
 */
export type ReadCallback = (error: Error | null, buffer?: Uint8Array, last?: boolean) => void

/**
 * Pulls bytes, one block at a time. A callback and no promise, since this is called for every block
 * of every body.
 */
export interface ChunkReader {
  /**
   * Reads the next block and calls `take` once. A block of a file is a whole number of chunks, at
   * most `want` bytes rounded up to one chunk; only the last may be shorter. Not to be called again
   * before `take` was.
   */
  read(sizeHint: number, callback: ReadCallback): void
  /** Says that nobody looks at `block` any more, so that its memory may be used again. */
  release(buffer: Uint8Array): void
  /**
   * Lets go of what is read from; a promise where that takes its time, which is settled soon and
   * never rejects. A read under way may still call `take`. Idempotent.
   */
  close(): Promise<void> | undefined
}

/** A file that is open: what is known of it, and its bytes. */
export interface OpenFile {
  /** Where the source has it. Never shown to a client. */
  readonly path: string
  /** In bytes; `undefined` where only reading to the end tells, as in `/proc`. */
  readonly size: number | undefined
  /** All of it, where it is in memory. */
  readonly bytes?: Uint8Array | undefined
  /** The last change of the content, in nanoseconds since the epoch. */
  readonly mtimeNs: bigint
  /** The last change of the content or of what is said about it, in nanoseconds since the epoch. */
  readonly ctimeNs: bigint
  /** What `fs.stat` would say of it. */
  stats(): Stats
  /**
   * Reads the segments in their order. Closing the reader closes the file. Without `memory` the
   * blocks are lent, for `recycle` to give back, and only to be read.
   */
  body(segments: readonly Segment[], chunkSize: number, memory?: BufferPool): ChunkReader
  /**
   * Reads from a place to the end, and then what is appended, until there is a reason to stop.
   * Closing the reader closes the file.
   */
  follow(start: number, settings: FollowOptions): ChunkReader
  /** Closes the file, as soon as no read is under way. Idempotent. */
  close(): void
}

/** When a file is no longer followed. */
export interface FollowOptions {
  /** In milliseconds without anything appended; without it, never. */
  readonly idle?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What an open file is at a moment. */
export interface FileState {
  /** In bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** Whether its name still leads to it. */
  readonly inPlace: boolean
}

/** The bytes of an open file by their places. */
export interface RandomAccessFile {
  /** The same for all who have the same file open by the same name. */
  readonly id: string
  /** In bytes; `undefined` where only reading to the end tells. */
  readonly size: number | undefined
  /** When it was opened. */
  readonly mtimeNs: bigint
  /** Fills `buffer` from `position` on; less than its length only at the end of the file. */
  readFully(
    buffer: Uint8Array,
    position: number,
    done: (error: Error | null, read: number) => void,
  ): void
  /** How it differs from what it was when it was opened. */
  checkChange(done: (change: FileChange) => void): void
  /** What it is now. Rejects where that cannot be told. */
  currentState(): Promise<FileState>
  close(): void
}

/** What stands at a name. */
export type OpenResult<File extends OpenFile = OpenFile> =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'directory' }
  | { readonly kind: 'missing'; readonly error?: unknown }

/** Where files come from: the disk, and later perhaps an object store or memory. */
export interface Source<File extends OpenFile = OpenFile> {
  /** Opens what stands at a `/`-separated name. Never rejects. */
  open(name: string): Promise<OpenResult<File>>
}
