import type { Stats } from 'node:fs'
import type { Segment } from '../http/byte-ranges.js'
import type { ContentCoding } from '../http/content-coding.js'
import type { BufferPool } from './buffer-pool.js'
import type { OpenContext } from './custom/source-contract.js'
import type { FileChange } from './disk/file-change.js'
import type { Sendfile } from './disk/sendfile.js'

export type { Stats }

/**
 * Receives what a {@link ChunkReader} read: an error, or a buffer, or `undefined` at the end. `last` is
 * true if the reader already knows that nothing follows.
 */
export type ReadCallback = (error: Error | null, buffer?: Uint8Array, last?: boolean) => void

/**
 * Gives the bytes of a body, one buffer at a time. It takes a callback and returns no promise because it
 * is called for every buffer of every body.
 */
export interface ChunkReader {
  /**
   * Reads the next buffer and calls `callback` once. A buffer of a file holds a whole number of chunks
   * and at most `sizeHint` bytes, but always one chunk; only the last may be shorter. It must not be
   * called again before the callback was called.
   */
  read(sizeHint: number, callback: ReadCallback): void
  /** Returns a buffer that is no longer used, so that its memory can be used again. */
  release(buffer: Uint8Array): void
  /**
   * Closes what is read from. Returns a promise if that takes time; it never rejects. A read in progress
   * may still call its callback. Idempotent.
   */
  close(): Promise<void> | undefined
}

/** Why no byte was sent: the socket is full, the bytes are not in memory, or `read` must come first. */
export type NothingSent = 'full' | 'uncached' | 'read'

/** A reader whose bytes the kernel can send to a socket, in place of `read`. */
export interface SendfileReader extends ChunkReader {
  readonly calls: Sendfile
  /** How many bytes can be sent before the next `read`: whole chunks, and never the last one. */
  readonly sendable: number
  /** Sends up to `bytes` bytes to the descriptor of a socket, and continues after them. Never waits. */
  sendTo(socket: number, bytes: number): number | NothingSent
}

/** An open file: its metadata and its bytes. */
export interface OpenFile {
  /** Where the source has it. Never shown to a client. */
  readonly path: string
  /** The path with the symlinks below the root resolved, if the source has judged them. */
  readonly realPath?: string | undefined
  /** In bytes; `undefined` if it is known only at the end, as in `/proc`. */
  readonly size: number | undefined
  /** All bytes, if they are in memory. */
  readonly bytes?: Uint8Array | undefined
  /** The mtime in nanoseconds since the epoch, if it is known. */
  readonly mtimeNs: bigint | undefined
  /** The ctime in nanoseconds since the epoch, if it is known. */
  readonly ctimeNs: bigint | undefined
  /** The entity tag that the source has for it. */
  readonly etag?: string | undefined
  /** The media type that the source has for it. */
  readonly type?: string | undefined
  /** Headers that the source has stored with it. */
  readonly headers?: StoredHeaders | undefined
  /** If its content coding was negotiated: the coding, unless it is not encoded, and the file without it. */
  readonly negotiated?:
    | { readonly coding: ContentCoding | undefined; readonly original: OpenFile }
    | undefined
  /** The result of `fs.stat`, or what is known of it. */
  stats(): Stats
  /**
   * Reads the segments in order. Closing the reader closes the file. Without `pool` the buffers are
   * pooled: they must not be changed, and must be returned by `release`. With `calls` it is a
   * `SendfileReader` if the file can be one.
   */
  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool?: BufferPool,
    calls?: Sendfile,
  ): ChunkReader
  /**
   * Reads from `start` to the end and then what is appended, until the options end it. Closing the
   * reader closes the file.
   */
  follow(start: number, options: FollowOptions): ChunkReader
  /** Closes the file as soon as no read is in progress. Idempotent. */
  close(): void
}

/** Names and values of response headers. */
export type StoredHeaders = readonly (readonly [name: string, value: string])[]

/** When a follower ends. */
export interface FollowOptions {
  /** After so many milliseconds without an append; never if left out. */
  readonly idle?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The state of an open file at one moment. */
export interface FileState {
  /** In bytes. */
  readonly size: number
  readonly mtimeNs: bigint
  /** Whether its path still leads to it. */
  readonly inPlace: boolean
}

/** The bytes of an open file by position. */
export interface RandomAccessFile {
  /** Equal for all readers of the same file under the same path. */
  readonly id: string
  /** In bytes; `undefined` if it is known only at the end. */
  readonly size: number | undefined
  /** The mtime when the file was opened. */
  readonly mtimeNs: bigint
  /** `undefined` once it is closed. */
  readonly descriptor: number | undefined
  /** Fills `buffer` from `position` on. It stays partly empty only at the end of the file. */
  readFully(
    buffer: Uint8Array,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): void
  /** Tells how the file changed since it was opened. */
  checkChange(callback: (change: FileChange) => void): void
  /** Rejects if `fstat` fails. */
  currentState(): Promise<FileState>
  close(): void
}

/** The result of opening a name. */
export type OpenResult<File extends OpenFile = OpenFile> =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'directory' }
  | { readonly kind: 'missing'; readonly error?: unknown }

/** What a source of the application is told of a request, and how long it may take. */
export interface OpenRequest extends OpenContext {
  /** The milliseconds in which something must come; unlimited if left out. */
  readonly stallTimeout?: number | undefined
}

/** Where files come from. */
export interface FileSource<File extends OpenFile = OpenFile> {
  /**
   * Whether the files, or some of them, come from a source of the application. Such a source is told of the
   * request, and has no directories.
   */
  readonly isCustom?: boolean
  /**
   * Opens the file at a `/`-separated name. Never rejects.
   *
   * @param codings if the content coding is negotiated: those that the request accepts, the best first
   */
  open(
    name: string,
    request?: OpenRequest,
    codings?: readonly ContentCoding[],
  ): Promise<OpenResult<File>>
  /** Whether a file is cached for a name. It is revalidated when it is opened. */
  isCached?(name: string): boolean
  /** Whether nothing is at a name now; costs less than to open it. */
  isAbsent?(name: string): Promise<boolean>
}
