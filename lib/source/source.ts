import type { Stats } from 'node:fs'
import type { BlockMemory } from './block-memory.js'
import type { FileChange } from './file-change.js'

export type { Stats }

/**
 * A range of bytes, both ends included, as RFC 9110 §14.1.2 counts them. An `end` of `Infinity`
 * means the end of the file, wherever reading finds it.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A piece of a body: a range of the file, or bytes that stand between two ranges. */
export type Segment = ByteRange | Uint8Array

/**
 * Takes what a {@link ChunkReader} read: an error, or a block of bytes, or `undefined` when there is
 * no more. `last` is true where the reader already knows that nothing follows.
 */
export type TakeBlock = (error: Error | null, block?: Uint8Array, last?: boolean) => void

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
  read(want: number, take: TakeBlock): void
  /** Says that nobody looks at `block` any more, so that its memory may be used again. */
  recycle(block: Uint8Array): void
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
  body(segments: readonly Segment[], chunkSize: number, memory?: BlockMemory): ChunkReader
  /**
   * Reads from a place to the end, and then what is appended, until there is a reason to stop.
   * Closing the reader closes the file.
   */
  follow(start: number, settings: FollowSettings): ChunkReader
  /** Closes the file, as soon as no read is under way. Idempotent. */
  close(): void
}

/** When a file is no longer followed. */
export interface FollowSettings {
  /** In milliseconds without anything appended; without it, never. */
  readonly idle?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The bytes of an open file by their places. */
export interface FileBytes {
  /** In bytes; `undefined` where only reading to the end tells. */
  readonly size: number | undefined
  /** Fills `buffer` from `position` on; less than its length only at the end of the file. */
  fill(
    buffer: Uint8Array,
    position: number,
    done: (error: Error | null, read: number) => void,
  ): void
  /** How it differs from what it was when it was opened. */
  compare(done: (change: FileChange) => void): void
  /** The size it has now, and whether its name still leads to it. */
  now(done: (error: Error | null, size: number, inPlace: boolean) => void): void
  close(): void
}

/** What stands at a name. */
export type Found<File extends OpenFile = OpenFile> =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'directory' }
  | { readonly kind: 'nothing'; readonly error?: unknown }

/** Where files come from: the disk, and later perhaps an object store or memory. */
export interface Source<File extends OpenFile = OpenFile> {
  /** Opens what stands at a `/`-separated name. Never rejects. */
  open(name: string): Promise<Found<File>>
}
