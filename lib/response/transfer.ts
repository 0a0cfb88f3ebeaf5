import { onAbort } from '../abort-signal.js'
import { abortError, headersAlreadySent, stallError } from '../errors.js'
import type { ChunkReader } from '../source/source.js'
import { ReadAhead } from './read-ahead.js'
import {
  abortResponse,
  destroyAbortedStream,
  discardRequest,
  isDisconnected,
  isFullySent,
  onDisconnect,
  type ResponseLike,
  writeAllButLastChunk,
} from './response-like.js'
import { StallTimeout } from './stall-timeout.js'

/** How a transfer ended. */
export interface TransferResult {
  /** Bytes of the body handed to the connection, framing not counted. */
  readonly bytesSent: number
  /** Whether the head of the response went out, so that no other answer can be given. */
  readonly headersSent: boolean
  /** Whether all of it was handed to the connection before the client left. */
  readonly completed: boolean
  /** Whether the client left before. */
  readonly aborted: boolean
  readonly error?: Error
}

/** The client had left before anything was sent. */
export const ABORTED: TransferResult = {
  bytesSent: 0,
  headersSent: false,
  completed: false,
  aborted: true,
}

/** A failure before the head went out. */
export function failedBeforeHeaders(error: Error): TransferResult {
  return { bytesSent: 0, headersSent: false, completed: false, aborted: false, error }
}

/** What is to be transferred. */
export interface TransferInput {
  readonly reader: ChunkReader
  /** The bytes of one chunk on the wire; without it every block is one. */
  readonly chunkSize?: number | undefined
  /** Sends the head. Called once the first block is there, so that its failure is a real status. */
  readonly sendHeaders: () => void
  /** Cuts the body off when it fires, or answers nothing if nothing was sent yet. */
  readonly signal?: AbortSignal | undefined
  /** Aborts a response to which nothing could be written for so many milliseconds. */
  readonly stallTimeout?: number | undefined
}

/**
 * Moves a body from its reader to the response: one block in flight, the next one read when the
 * connection has taken it. Settles on every way out and never rejects.
 */
export function transfer(res: ResponseLike, payload: TransferInput): Promise<TransferResult> {
  return new Promise((settle) => new Transfer(res, payload, settle).start())
}

class Transfer {
  readonly #res: ResponseLike
  readonly #reader: ChunkReader
  readonly #payload: TransferInput
  readonly #settle: (end: TransferResult) => void
  readonly #pace = new ReadAhead()
  #stopWatching: () => void = () => {}
  #stallTimeout: StallTimeout | undefined
  #stopListening: () => void = () => {}
  #bytesSent = 0
  #headersSent = false
  #ended = false
  #settled = false
  #waitsForDrain = false
  #listensForDrain = false
  #lastBuffer: Uint8Array | undefined
  #reading = false
  #readAgain = false

  constructor(res: ResponseLike, payload: TransferInput, settle: (end: TransferResult) => void) {
    this.#res = res
    this.#reader = payload.reader
    this.#payload = payload
    this.#settle = settle
  }

  start(): void {
    if (this.#isOver()) return
    const { signal, stallTimeout } = this.#payload
    if (signal?.aborted) return this.#interrupt()
    this.#stopListening = onAbort(signal, this.#interrupt)
    this.#stopWatching = onDisconnect(this.#res, this.#disconnected)
    this.#res.on('finish', this.#finished)
    this.#res.on('error', this.#disconnected)
    if (stallTimeout !== undefined) {
      this.#stallTimeout = new StallTimeout(this.#res, stallTimeout, this.#stalled)
    }
    this.#read()
  }

  /** Reads on; a loop and no recursion where the reader answers at once. */
  #read(): void {
    this.#readAgain = true
    if (this.#reading) return
    this.#reading = true
    while (this.#readAgain && !this.#settled) {
      this.#readAgain = false
      try {
        this.#reader.read(this.#pace.sizeHint, this.#take)
      } catch (error) {
        this.#fail(asError(error))
      }
    }
    this.#reading = false
  }

  readonly #take = (error: Error | null, buffer?: Uint8Array, last = false): void => {
    if (this.#settled) return
    if (error !== null) return this.#fail(error)
    if (this.#isOver() || !this.#sendHeaders()) return
    try {
      if (buffer === undefined || last) this.#endBody(buffer)
      else if (this.#write(buffer)) this.#read()
      else this.#waitsForDrain = true
    } catch (thrown) {
      // What stands in front of `write` or `end` may throw, and nobody is left to catch it here.
      this.#fail(asError(thrown))
    }
  }

  /** Settles where nothing of the body can be sent any more, and says so. */
  #isOver(): boolean {
    const answered = this.#headersSent ? this.#res.writableEnded : this.#res.headersSent
    // 'close' fires once, and perhaps before anybody listened: to wait after it is to wait for ever.
    if (isDisconnected(this.#res) && !this.#res.writableEnded) this.#disconnected()
    // A time limit may have answered meanwhile: before we began, that answer is not ours to cut off.
    else if (answered) this.#fail(headersAlreadySent())
    return this.#settled
  }

  #sendHeaders(): boolean {
    if (this.#headersSent) return true
    try {
      this.#payload.sendHeaders()
      this.#headersSent = true
    } catch (error) {
      this.#headersSent = this.#res.headersSent
      this.#fail(asError(error))
    }
    return this.#headersSent && !this.#settled
  }

  /** Returns whether more may follow. */
  #write(buffer: Uint8Array): boolean {
    this.#pace.noteWrite()
    const rest = this.#writeAllButLast(buffer)
    if (this.#res.write(rest, () => this.#written(buffer))) return true
    this.#listenForDrain()
    const mayJoin = this.#pace.addBuffered(buffer.length)
    // Joined writes are taken as a whole: a slow client would seem to stall.
    return mayJoin && this.#stallTimeout === undefined
  }

  #written(buffer: Uint8Array): void {
    this.#stallTimeout?.progress()
    this.#reader.release(buffer)
  }

  #writeAllButLast(buffer: Uint8Array): Uint8Array {
    this.#bytesSent += buffer.length
    return writeAllButLastChunk(this.#res, buffer, this.#payload.chunkSize ?? buffer.length)
  }

  /** Listens once for all waits: `compression()` passes `on` to its own stream, but no `off`. */
  #listenForDrain(): void {
    if (this.#listensForDrain) return
    this.#listensForDrain = true
    this.#res.on('drain', this.#drained)
  }

  readonly #drained = (): void => {
    this.#pace.noteDrain()
    this.#stallTimeout?.progress()
    if (!this.#waitsForDrain) return
    this.#waitsForDrain = false
    this.#read()
  }

  #endBody(buffer: Uint8Array | undefined): void {
    this.#ended = true
    this.#lastBuffer = buffer
    if (buffer === undefined) this.#res.end()
    else this.#res.end(this.#writeAllButLast(buffer))
    discardRequest(this.#res)
  }

  readonly #finished = (): void => {
    if (!isFullySent(this.#res)) return this.#disconnected()
    if (!this.#ended) {
      return this.#end({ completed: false, aborted: false, error: headersAlreadySent() })
    }
    // Its memory is free only now: `end` has no callback behind a middleware of the body.
    if (this.#lastBuffer !== undefined) this.#reader.release(this.#lastBuffer)
    this.#end({ completed: true, aborted: false })
  }

  readonly #disconnected = (): void => {
    destroyAbortedStream(this.#res)
    this.#end({ completed: false, aborted: true })
  }

  /** The client is to blame, so that this counts as its leaving. */
  readonly #stalled = (): void => {
    this.#stopWatching()
    abortResponse(this.#res)
    this.#end({ completed: false, aborted: true, error: stallError() })
  }

  readonly #interrupt = (): void => this.#fail(abortError(this.#payload.signal?.reason))

  #fail(error: Error): void {
    // HTTP/2 emits 'aborted' of our own reset too.
    this.#stopWatching()
    if (this.#headersSent) abortResponse(this.#res)
    this.#end({ completed: false, aborted: false, error })
  }

  #end(end: { completed: boolean; aborted: boolean; error?: Error }): void {
    if (this.#settled) return
    this.#settled = true
    this.#pace.clear()
    this.#stallTimeout?.stop()
    this.#stopWatching()
    if (this.#listensForDrain) this.#res.off('drain', this.#drained)
    this.#res.off('finish', this.#finished)
    this.#res.off('error', this.#disconnected)
    this.#stopListening()
    const settled = { bytesSent: this.#bytesSent, headersSent: this.#headersSent, ...end }
    const closed = this.#reader.close()
    if (closed === undefined) this.#settle(settled)
    else void closed.then(() => this.#settle(settled))
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
