import type { Stats } from 'node:fs'
import type { Segment } from '../http/byte-ranges.js'
import type { BufferPool } from './buffer-pool.js'
import type { FileChange } from './disk/file-change.js'

export type { Stats }

/**
 * Receives the result of one {@link ChunkReader.read}: an error, or a buffer, or `undefined` at the end
 * of the body. `last` is true if the reader already knows that nothing follows this buffer.
 */
export type ReadCallback = (error: Error | null, buffer?: Uint8Array, last?: boolean) => void

/**
 * Reads a body, one buffer at a time. It takes a callback and returns no promise, because it is called
 * for every buffer of every body.
 */
export interface ChunkReader {
  /**
   * Reads the next buffer and calls `callback` once. A buffer of a file holds a whole number of chunks:
   * at most `sizeHint` bytes, but at least one chunk. Only the last buffer may be shorter. Must not be
   * called again before the callback was called.
   */
  read(sizeHint: number, callback: ReadCallback): void
  /** Tells the reader that nothing uses `buffer` any more, so that its memory can be reused. */
  release(buffer: Uint8Array): void
  /**
   * Closes whatever the reader reads from. Returns a promise if that takes time; the promise settles
   * soon and never rejects. A pending read may still call its callback. Idempotent.
   */
  close(): Promise<void> | undefined
}

/** An open file: its metadata and its content. */
export interface OpenFile {
  /** Where the source has the file. Never sent to a client. */
  readonly path: string
  /** In bytes; `undefined` if the size is known only after reading to the end, as in `/proc`. */
  readonly size: number | undefined
  /** The whole content, if it is in memory. */
  readonly bytes?: Uint8Array | undefined
  /** The last change of the content, in nanoseconds since the epoch. */
  readonly mtimeNs: bigint
  /** The last change of the content or of the metadata, in nanoseconds since the epoch. */
  readonly ctimeNs: bigint
  /** What `fs.stat` returns for the file. */
  stats(): Stats
  /**
   * Reads the segments in order. Closing the reader closes the file. Without `pool` the buffers are
   * pooled: the consumer only reads them, and passes each to `release`.
   */
  body(segments: readonly Segment[], chunkSize: number, pool?: BufferPool): ChunkReader
  /**
   * Reads from `start` to the end of the file, and then what is appended, until `options` end it.
   * Closing the reader closes the file.
   */
  follow(start: number, options: FollowOptions): ChunkReader
  /** Closes the file as soon as no read is pending. Idempotent. */
  close(): void
}

/** When following a file ends. */
export interface FollowOptions {
  /** Milliseconds without an append after which following ends; `undefined` means no limit. */
  readonly idle?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The state of an open file at one moment. */
export interface FileState {
  /** In bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** Whether the path of the file still refers to it. */
  readonly inPlace: boolean
}

/** An open file that can be read at any position. */
export interface RandomAccessFile {
  /** Equal for every opening of the same file by the same path. */
  readonly id: string
  /** In bytes; `undefined` if the size is known only after reading to the end. */
  readonly size: number | undefined
  /** The mtime that the file had when it was opened. */
  readonly mtimeNs: bigint
  /** Fills `buffer` with the content from `position` on. Reads less only at the end of the file. */
  readFully(
    buffer: Uint8Array,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): void
  /** Compares the file with its state when it was opened. */
  checkChange(callback: (change: FileChange) => void): void
  /** The present state of the file. Rejects if `stat` fails. */
  currentState(): Promise<FileState>
  close(): void
}

/** What `open` found under a name. */
export type OpenResult<File extends OpenFile = OpenFile> =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'directory' }
  | { readonly kind: 'missing'; readonly error?: unknown }

/** Where files come from, such as the disk or a cache. */
export interface Source<File extends OpenFile = OpenFile> {
  /** Opens the file with a `/`-separated name. Never rejects. */
  open(name: string): Promise<OpenResult<File>>
}
