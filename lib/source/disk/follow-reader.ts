import { onAbort } from '../../abort-signal.js'
import type {
  ChunkReader,
  FileState,
  FollowOptions,
  RandomAccessFile,
  ReadCallback,
} from '../source.js'
import { type Follower, pollFile } from './file-poller.js'
import { FileChangedError } from './file-reader.js'

// A process may write to its old log file for a moment after the file was renamed.
const ROTATION_GRACE_MS = 1000

const MAX_READ_BYTES = 64 * 1024

// The bytes before the position of the next read. A file that was truncated in place and written again
// may be longer than before at the next poll. Only these bytes then show that it was truncated.
const SAMPLE_BYTES = 1024

const NO_BYTES = new Uint8Array(0)

/**
 * Reads a file and then what is appended to it. A file that was renamed by log rotation, or deleted, is
 * read to its end, and then the body ends. If the file was truncated the body fails, because content may
 * have been lost.
 */
export class FollowReader implements ChunkReader {
  readonly #file: RandomAccessFile
  readonly #options: FollowOptions
  readonly #stopListening: () => void
  readonly #follower: Follower
  #position: number
  /** The bytes before `#position`; `undefined` until the file has reached that position. */
  #precedingBytes: Buffer | undefined
  #size: number
  #mtimeNs: bigint
  #grewAt = performance.now()
  #renamedAt: number | undefined
  #stopPolling: () => void = () => {}
  #pendingCallback: ReadCallback | undefined
  #hasDelivered = false
  #closed = false

  constructor(file: RandomAccessFile, start: number, options: FollowOptions) {
    this.#file = file
    this.#position = start
    this.#options = options
    this.#size = file.size ?? Number.POSITIVE_INFINITY
    this.#mtimeNs = file.mtimeNs
    this.#stopListening = onAbort(options.signal, () => this.#stopWaiting()?.(null))
    this.#follower = {
      file,
      polled: (state) => this.#polled(state),
      failed: (error) => this.#stopWaiting()?.(asError(error)),
    }
  }

  read(_sizeHint: number, callback: ReadCallback): void {
    if (this.#options.signal?.aborted) return callback(null)
    if (this.#isReadable()) return this.#readNext(callback)
    this.#deliverOrWait(NO_BYTES, callback)
  }

  release(): void {}

  close(): undefined {
    this.#closed = true
    this.#stopWaiting()
    this.#stopListening()
    this.#file.close()
  }

  /** Whether there is something to read: new content, or the bytes before `#position`. */
  #isReadable(): boolean {
    return this.#precedingBytes === undefined
      ? this.#size >= this.#position
      : this.#size > this.#position
  }

  /** Reads the bytes before `#position` again, and the content after it, in one call. */
  #readNext(callback: ReadCallback): void {
    const expected = this.#precedingBytes
    const before = expected?.length ?? Math.min(this.#position, SAMPLE_BYTES)
    const available = Math.max(this.#size - this.#position, 0)
    const target = Buffer.allocUnsafe(before + Math.min(available, MAX_READ_BYTES))
    this.#file.readFully(target, this.#position - before, (error, bytesRead) => {
      if (error !== null) return callback(error)
      const content = target.subarray(0, bytesRead)
      if (expected !== undefined && !content.subarray(0, before).equals(expected)) {
        return callback(new FileChangedError())
      }
      if (bytesRead >= before) this.#precedingBytes = Buffer.from(content.subarray(-SAMPLE_BYTES))
      this.#deliverOrWait(content.subarray(before), callback)
    })
  }

  #deliverOrWait(buffer: Uint8Array, callback: ReadCallback): void {
    // The first buffer is delivered even if it is empty, so that the response starts at once.
    if (buffer.length === 0 && this.#hasDelivered) return this.#wait(callback)
    this.#hasDelivered = true
    this.#position += buffer.length
    if (buffer.length > 0) this.#grewAt = performance.now()
    callback(null, buffer)
  }

  #wait(callback: ReadCallback): void {
    if (this.#closed) return
    if (this.#options.signal?.aborted) return callback(null)
    this.#pendingCallback = callback
    this.#stopPolling = pollFile(this.#follower)
  }

  #stopWaiting(): ReadCallback | undefined {
    const callback = this.#pendingCallback
    this.#pendingCallback = undefined
    this.#stopPolling()
    return callback
  }

  #polled({ size, mtimeNs, inPlace }: FileState): void {
    const now = performance.now()
    const reachedPosition = this.#precedingBytes !== undefined
    const modified = mtimeNs !== this.#mtimeNs
    if (size > this.#size) this.#grewAt = now
    this.#renamedAt = inPlace ? undefined : (this.#renamedAt ?? now)
    this.#size = size
    this.#mtimeNs = mtimeNs
    if (reachedPosition && size < this.#position) this.#stopWaiting()?.(new FileChangedError())
    else if (this.#isReadable() || (reachedPosition && modified)) this.#resumeReading()
    else if (this.#hasEnded(now)) this.#stopWaiting()?.(null)
  }

  #resumeReading(): void {
    const callback = this.#stopWaiting()
    if (callback !== undefined) this.#readNext(callback)
  }

  #hasEnded(now: number): boolean {
    const { idle = Number.POSITIVE_INFINITY } = this.#options
    const graceStartedAt = Math.max(this.#renamedAt ?? Number.POSITIVE_INFINITY, this.#grewAt)
    return now - this.#grewAt >= idle || now - graceStartedAt >= ROTATION_GRACE_MS
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
