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

// A process may go on writing to a log for a moment after it was renamed.
const ROTATION_GRACE_MS = 1000

const READ_BYTES = 64 * 1024

// How many bytes before the next position are compared. A file that was truncated in place and written to
// since may be longer than before at the next poll: only these bytes show it.
const SAMPLE_BYTES = 1024

const NO_BYTES = new Uint8Array(0)

/**
 * Reads a file and then what is appended to it. A file that was renamed or deleted is read to its end, and
 * then the body ends. A file that was truncated is an error: bytes were lost.
 */
export class FollowReader implements ChunkReader {
  readonly #file: RandomAccessFile
  readonly #options: FollowOptions
  readonly #stopListening: () => void
  readonly #follower: Follower
  #position: number
  /** The bytes before `#position`; not known until the file reaches it. */
  #sample: Buffer | undefined
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

  /** Whether there is something to read: more of the file, or its sample. */
  #isReadable(): boolean {
    return this.#sample === undefined ? this.#size >= this.#position : this.#size > this.#position
  }

  /** Reads the sample again and what follows it, in one call. */
  #readNext(callback: ReadCallback): void {
    const sample = this.#sample
    const before = sample?.length ?? Math.min(this.#position, SAMPLE_BYTES)
    const more = Math.max(this.#size - this.#position, 0)
    const target = Buffer.allocUnsafe(before + Math.min(more, READ_BYTES))
    this.#file.readFully(target, this.#position - before, (error, bytesRead) => {
      if (error !== null) return callback(error)
      const read = target.subarray(0, bytesRead)
      if (sample !== undefined && !read.subarray(0, before).equals(sample)) {
        return callback(new FileChangedError())
      }
      if (bytesRead >= before) this.#sample = Buffer.from(read.subarray(-SAMPLE_BYTES))
      this.#deliverOrWait(read.subarray(before), callback)
    })
  }

  #deliverOrWait(buffer: Uint8Array, callback: ReadCallback): void {
    // The headers are sent even if nothing is ever appended.
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
    const reached = this.#sample !== undefined
    const written = mtimeNs !== this.#mtimeNs
    if (size > this.#size) this.#grewAt = now
    this.#renamedAt = inPlace ? undefined : (this.#renamedAt ?? now)
    this.#size = size
    this.#mtimeNs = mtimeNs
    if (reached && size < this.#position) this.#stopWaiting()?.(new FileChangedError())
    else if (this.#isReadable() || (reached && written)) this.#resumeReading()
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
