import { ServerResponse } from 'node:http'
import { onAbort } from '../abort-signal.js'
import { abortError, errorText, headersAlreadySent, stallError } from '../errors.js'
import type { ChunkReader } from '../source/source.js'
import { ReadAhead } from './read-ahead.js'
import {
  abortResponse,
  destroyAbortedStream,
  discardRequest,
  isChunked,
  isDisconnected,
  isFullySent,
  isHttp2,
  onDisconnect,
  type ResponseLike,
  writeAllButLastChunk,
} from './response-like.js'
import { type SendfileWriter, sendfileWriter } from './sendfile-writer.js'
import { StallTimeout } from './stall-timeout.js'

/** How a transfer ended. */
export interface TransferResult {
  /** Bytes of the body that were passed to the connection, without framing. */
  readonly bytesSent: number
  /** Whether the headers were sent, so that no other response is possible. */
  readonly headersSent: boolean
  /** Whether the whole body was passed to the connection before the client disconnected. */
  readonly completed: boolean
  /** Whether the client disconnected before that, or stalled. */
  readonly aborted: boolean
  readonly error?: Error
}

/** The client disconnected before anything was sent. */
export const ABORTED: TransferResult = {
  bytesSent: 0,
  headersSent: false,
  completed: false,
  aborted: true,
}

/** A failure before the headers were sent. */
export function failedBeforeHeaders(error: Error): TransferResult {
  return { bytesSent: 0, headersSent: false, completed: false, aborted: false, error }
}

/** What is transferred, and how. */
export interface TransferInput {
  readonly reader: ChunkReader
  /** The bytes of one chunk on the wire. If it is omitted, every buffer is one chunk. */
  readonly chunkSize?: number | undefined
  /** Sends the headers. Called after the first read, so that a read that fails has its own status. */
  readonly sendHeaders: () => void
  /** Aborts the response, or fails it before its headers are sent. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which a client that accepts nothing is disconnected. */
  readonly stallTimeout?: number | undefined
}

/**
 * Moves a body from its reader to the response with backpressure: the next buffer is read when the
 * connection has accepted the last one. The promise always resolves.
 */
export function transfer(res: ResponseLike, input: TransferInput): Promise<TransferResult> {
  return new Promise((resolve) => new Transfer(res, input, resolve).start(input.stallTimeout))
}

class Transfer {
  readonly #res: ResponseLike
  readonly #reader: ChunkReader
  readonly #chunkSize: number | undefined
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (end: TransferResult) => void
  /** Dropped when it was called: a response that lasts for hours need not hold what its headers were made of. */
  #sendHeadersOnce: (() => void) | undefined
  readonly #readAhead = new ReadAhead()
  #removeDisconnectListener: (() => void) | undefined
  #removeAbortListener: (() => void) | undefined
  #stallTimeout: StallTimeout | undefined
  #bytesSent = 0
  #headersSent = false
  #ended = false
  #settled = false
  #waitsForDrain = false
  #drainListener: (() => void) | undefined
  #lastBuffer: Uint8Array | undefined
  #reading = false
  #readAgain = false
  readonly #sendfile: SendfileWriter | undefined

  constructor(res: ResponseLike, input: TransferInput, resolve: (end: TransferResult) => void) {
    this.#res = res
    this.#reader = input.reader
    this.#chunkSize = input.chunkSize
    this.#signal = input.signal
    this.#sendHeadersOnce = input.sendHeaders
    this.#resolve = resolve
    this.#sendfile = sendfileWriter(res, input.reader, input.chunkSize)
  }

  start(stallTimeout: number | undefined): void {
    if (this.#isOver()) return
    const signal = this.#signal
    if (signal?.aborted) return this.#interrupt()
    if (signal !== undefined) this.#removeAbortListener = onAbort(signal, () => this.#interrupt())
    this.#removeDisconnectListener = onDisconnect(this.#res, this.#disconnected)
    this.#res.on('finish', this.#finished)
    this.#res.on('error', this.#failed)
    if (stallTimeout !== undefined) {
      this.#stallTimeout = new StallTimeout(this.#res, stallTimeout, () => this.#stalled())
    }
    this.#read()
  }

  /** Reads the next buffer: in a loop, because a reader that calls back at once would recurse. */
  #read(): void {
    this.#readAgain = true
    if (this.#reading) return
    this.#reading = true
    while (this.#readAgain && !this.#settled) {
      this.#readAgain = false
      try {
        const { sizeHint } = this.#readAhead
        this.#reader.read(this.#sendfile?.sizeHint(sizeHint) ?? sizeHint, this.#onRead)
      } catch (error) {
        this.#fail(asError(error))
      }
    }
    this.#reading = false
  }

  readonly #onRead = (error: Error | null, buffer?: Uint8Array, last = false): void => {
    if (this.#settled) return
    if (error !== null) return this.#fail(error)
    if (this.#isOver() || !this.#sendHeaders()) return
    try {
      if (buffer === undefined || last) this.#endBody(buffer)
      else if (this.#sendfile?.canWrite) this.#writeBeforeSendfile(this.#sendfile, buffer)
      else if (this.#write(buffer)) this.#read()
      else this.#waitsForDrain = true
    } catch (thrown) {
      // A middleware that replaced `write` or `end` may throw, and no caller would catch it.
      this.#fail(asError(thrown))
    }
  }

  /** Whether the body cannot be sent any more. Ends the transfer if so. */
  #isOver(): boolean {
    const endedByOthers = this.#headersSent ? this.#res.writableEnded : this.#res.headersSent
    // 'close' fires once, and perhaps before the listener was added: waiting after it never ends. A response that
    // was ended after its HTTP/2 stream was reset has no headers.
    if (isDisconnected(this.#res) && !(endedByOthers && this.#res.writableEnded))
      this.#disconnected()
    // A time limit may have sent a response meanwhile, which must not be aborted.
    else if (endedByOthers) this.#fail(headersAlreadySent())
    return this.#settled
  }

  #sendHeaders(): boolean {
    if (this.#headersSent) return true
    try {
      this.#sendHeadersOnce?.()
      this.#sendHeadersOnce = undefined
      this.#headersSent = true
    } catch (error) {
      this.#headersSent = this.#res.headersSent
      this.#fail(asError(error))
    }
    return this.#headersSent && !this.#settled
  }

  /** Returns whether to read on without waiting for 'drain'. */
  #write(buffer: Uint8Array): boolean {
    this.#readAhead.noteWrite()
    this.#sendfile?.writeFraming()
    const rest = this.#writeAllButLast(buffer)
    if (this.#res.write(rest, () => this.#written(buffer))) return true
    this.#listenForDrain()
    const mayBufferMore = this.#readAhead.addBuffered(buffer.length)
    // Node reports corked writes as a whole, so a slow client would look like one that stalls.
    return mayBufferMore && this.#stallTimeout === undefined && !isHttp2(this.#res)
  }

  #writeBeforeSendfile(sendfile: SendfileWriter, buffer: Uint8Array): void {
    this.#bytesSent += buffer.length
    this.#readAhead.noteWrite()
    sendfile.write(buffer, (error) => {
      this.#written(buffer)
      this.#readAhead.noteDrain()
      // A failure destroys the connection, which is reported by 'close'.
      if (!error) this.#sendAndRead(sendfile)
    })
  }

  /** Sends as much as is possible at once, and reads what must be read next. */
  #sendAndRead(sendfile: SendfileWriter): void {
    if (this.#settled || this.#isOver()) return
    const { bytes, isUnfinished } = sendfile.send()
    this.#bytesSent += bytes
    if (isUnfinished) setImmediate(() => this.#sendAndRead(sendfile))
    else this.#read()
  }

  #written(buffer: Uint8Array): void {
    this.#stallTimeout?.progress()
    this.#reader.release(buffer)
  }

  #writeAllButLast(buffer: Uint8Array): Uint8Array {
    this.#bytesSent += buffer.length
    return writeAllButLastChunk(this.#res, buffer, this.#chunkSize ?? buffer.length)
  }

  /** Adds one listener for all waits: `compression()` forwards `on` to its own stream, but not `off`. */
  #listenForDrain(): void {
    if (this.#drainListener !== undefined) return
    this.#drainListener = () => this.#drained()
    this.#res.on('drain', this.#drainListener)
  }

  #drained(): void {
    this.#readAhead.noteDrain()
    this.#stallTimeout?.progress()
    if (!this.#waitsForDrain) return
    this.#waitsForDrain = false
    this.#read()
  }

  #endBody(buffer: Uint8Array | undefined): void {
    this.#ended = true
    this.#lastBuffer = buffer
    this.#sendfile?.writeFraming()
    if (buffer === undefined) this.#res.end()
    else this.#res.end(this.#writeAllButLast(buffer))
    discardRequest(this.#res)
  }

  readonly #finished = (): void => {
    if (!isFullySent(this.#res)) return this.#disconnected()
    if (!this.#ended) return this.#endedByOthers()
    // Only now can the buffer be reused: `end` has no callback behind a middleware such as compression.
    if (this.#lastBuffer !== undefined) this.#reader.release(this.#lastBuffer)
    this.#end({ completed: true, aborted: false })
  }

  /**
   * Other code called `end()`. What follows on the connection must not be taken for the rest of a body with a length.
   * If the headers are not those of this response, the other one may be whole.
   */
  #endedByOthers(): void {
    this.#sendfile?.abortWithinChunk()
    const isBegun = this.#headersSent && this.#res instanceof ServerResponse
    if (isBegun && !isChunked(this.#res)) this.#res.req.socket.destroy()
    this.#end({ completed: false, aborted: false, error: headersAlreadySent() })
  }

  readonly #disconnected = (): void => {
    destroyAbortedStream(this.#res)
    this.#end({ completed: false, aborted: true })
  }

  /** Node closes a connection that failed, and a middleware that reports an error need not. */
  readonly #failed = (error?: Error): void => {
    // A write of other code after `end()` fails, and the body may be whole: 'finish' or 'close' tells.
    if (this.#ended && this.#res.writableEnded) return
    if (isDisconnected(this.#res)) this.#disconnected()
    else this.#fail(asError(error))
  }

  /** A stall is caused by the client, so it counts as a disconnect. */
  #stalled(): void {
    this.#removeDisconnectListener?.()
    abortResponse(this.#res)
    this.#end({ completed: false, aborted: true, error: stallError() })
  }

  #interrupt(): void {
    this.#fail(abortError(this.#signal?.reason))
  }

  #fail(error: Error): void {
    // HTTP/2 also emits 'aborted' when the server resets the stream.
    this.#removeDisconnectListener?.()
    if (this.#headersSent) abortResponse(this.#res)
    this.#end({ completed: false, aborted: false, error })
  }

  #end(end: { completed: boolean; aborted: boolean; error?: Error }): void {
    if (this.#settled) return
    this.#settled = true
    this.#readAhead.clear()
    this.#stallTimeout?.stop()
    this.#removeDisconnectListener?.()
    if (this.#drainListener !== undefined) this.#res.off('drain', this.#drainListener)
    this.#res.off('finish', this.#finished)
    this.#res.off('error', this.#failed)
    this.#removeAbortListener?.()
    const result = { bytesSent: this.#bytesSent, headersSent: this.#headersSent, ...end }
    const closed = this.#reader.close()
    if (closed === undefined) this.#resolve(result)
    else void closed.then(() => this.#resolve(result))
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(errorText(thrown))
}
