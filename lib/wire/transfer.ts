import { alreadyAnswered, interruption, stalled } from '../errors.js'
import type { ChunkReader } from '../source/source.js'
import { Pace } from './pace.js'
import {
  cutOff,
  destroyAborted,
  discardRequest,
  isGone,
  isSent,
  onLeave,
  type Response,
  writeAllButLastChunk,
} from './response.js'
import { StallTimeout } from './stall-timeout.js'

/** How a transfer ended. */
export interface TransferEnd {
  /** Bytes of the body handed to the connection, framing not counted. */
  readonly bytesSent: number
  /** Whether the head of the response went out, so that no other answer can be given. */
  readonly committed: boolean
  /** Whether all of it was handed to the connection before the client left. */
  readonly completed: boolean
  /** Whether the client left before. */
  readonly aborted: boolean
  readonly error?: Error
}

/** The client had left before anything was sent. */
export const ABORTED: TransferEnd = {
  bytesSent: 0,
  committed: false,
  completed: false,
  aborted: true,
}

/** A failure before the head went out. */
export function failedEarly(error: Error): TransferEnd {
  return { bytesSent: 0, committed: false, completed: false, aborted: false, error }
}

/** What is to be transferred. */
export interface Payload {
  readonly reader: ChunkReader
  /** The bytes of one chunk on the wire; without it every block is one. */
  readonly chunkSize?: number | undefined
  /** Sends the head. Called once the first block is there, so that its failure is a real status. */
  readonly commit: () => void
  /** Cuts the body off when it fires, or answers nothing if nothing was sent yet. */
  readonly signal?: AbortSignal | undefined
  /** Aborts a response to which nothing could be written for so many milliseconds. */
  readonly stallTimeout?: number | undefined
}

/**
 * Moves a body from its reader to the response: one block in flight, the next one read when the
 * connection has taken it. Settles on every way out and never rejects.
 */
export function transfer(res: Response, payload: Payload): Promise<TransferEnd> {
  return new Promise((settle) => new Transfer(res, payload, settle).start())
}

class Transfer {
  readonly #res: Response
  readonly #reader: ChunkReader
  readonly #payload: Payload
  readonly #settle: (end: TransferEnd) => void
  readonly #pace = new Pace()
  #stopWatching: () => void = () => {}
  #stallTimeout: StallTimeout | undefined
  #bytesSent = 0
  #committed = false
  #ended = false
  #settled = false
  #waitsForDrain = false
  #listensForDrain = false
  #lastBlock: Uint8Array | undefined
  #reading = false
  #readAgain = false

  constructor(res: Response, payload: Payload, settle: (end: TransferEnd) => void) {
    this.#res = res
    this.#reader = payload.reader
    this.#payload = payload
    this.#settle = settle
  }

  start(): void {
    if (this.#isOver()) return
    const { signal, stallTimeout } = this.#payload
    if (signal?.aborted) return this.#interrupt()
    signal?.addEventListener('abort', this.#interrupt)
    this.#stopWatching = onLeave(this.#res, this.#leave)
    this.#res.on('finish', this.#finished)
    this.#res.on('error', this.#leave)
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
        this.#reader.read(this.#pace.want, this.#take)
      } catch (error) {
        this.#fail(asError(error))
      }
    }
    this.#reading = false
  }

  readonly #take = (error: Error | null, block?: Uint8Array, last = false): void => {
    if (this.#settled) return
    if (error !== null) return this.#fail(error)
    if (this.#isOver() || !this.#commit()) return
    try {
      if (block === undefined || last) this.#endBody(block)
      else if (this.#write(block)) this.#read()
      else this.#waitsForDrain = true
    } catch (thrown) {
      // What stands in front of `write` or `end` may throw, and nobody is left to catch it here.
      this.#fail(asError(thrown))
    }
  }

  /** Settles where nothing of the body can be sent any more, and says so. */
  #isOver(): boolean {
    const answered = this.#committed ? this.#res.writableEnded : this.#res.headersSent
    // 'close' fires once, and perhaps before anybody listened: to wait after it is to wait for ever.
    if (isGone(this.#res) && !this.#res.writableEnded) this.#leave()
    // A time limit may have answered meanwhile: before we began, that answer is not ours to cut off.
    else if (answered) this.#fail(alreadyAnswered())
    return this.#settled
  }

  #commit(): boolean {
    if (this.#committed) return true
    try {
      this.#payload.commit()
      this.#committed = true
    } catch (error) {
      this.#committed = this.#res.headersSent
      this.#fail(asError(error))
    }
    return this.#committed && !this.#settled
  }

  /** Returns whether more may follow. */
  #write(block: Uint8Array): boolean {
    this.#pace.written()
    const rest = this.#writeAllButLast(block)
    if (this.#res.write(rest, () => this.#written(block))) return true
    this.#listenForDrain()
    const mayJoin = this.#pace.waiting(block.length)
    // Joined writes are taken as a whole: a slow client would seem to stall.
    return mayJoin && this.#stallTimeout === undefined
  }

  #written(block: Uint8Array): void {
    this.#stallTimeout?.progress()
    this.#reader.recycle(block)
  }

  #writeAllButLast(block: Uint8Array): Uint8Array {
    this.#bytesSent += block.length
    return writeAllButLastChunk(this.#res, block, this.#payload.chunkSize ?? block.length)
  }

  /** Listens once for all waits: `compression()` passes `on` to its own stream, but no `off`. */
  #listenForDrain(): void {
    if (this.#listensForDrain) return
    this.#listensForDrain = true
    this.#res.on('drain', this.#drained)
  }

  readonly #drained = (): void => {
    this.#pace.drained()
    this.#stallTimeout?.progress()
    if (!this.#waitsForDrain) return
    this.#waitsForDrain = false
    this.#read()
  }

  #endBody(block: Uint8Array | undefined): void {
    this.#ended = true
    this.#lastBlock = block
    if (block === undefined) this.#res.end()
    else this.#res.end(this.#writeAllButLast(block))
    discardRequest(this.#res)
  }

  readonly #finished = (): void => {
    if (!isSent(this.#res)) return this.#leave()
    if (!this.#ended) {
      return this.#end({ completed: false, aborted: false, error: alreadyAnswered() })
    }
    // Its memory is free only now: `end` has no callback behind a middleware of the body.
    if (this.#lastBlock !== undefined) this.#reader.recycle(this.#lastBlock)
    this.#end({ completed: true, aborted: false })
  }

  readonly #leave = (): void => {
    destroyAborted(this.#res)
    this.#end({ completed: false, aborted: true })
  }

  /** The client is to blame, so that this counts as its leaving. */
  readonly #stalled = (): void => {
    this.#stopWatching()
    cutOff(this.#res)
    this.#end({ completed: false, aborted: true, error: stalled() })
  }

  readonly #interrupt = (): void => this.#fail(interruption(this.#payload.signal?.reason))

  #fail(error: Error): void {
    // HTTP/2 emits 'aborted' of our own reset too.
    this.#stopWatching()
    if (this.#committed) cutOff(this.#res)
    this.#end({ completed: false, aborted: false, error })
  }

  #end(end: { completed: boolean; aborted: boolean; error?: Error }): void {
    if (this.#settled) return
    this.#settled = true
    this.#pace.over()
    this.#stallTimeout?.stop()
    this.#stopWatching()
    if (this.#listensForDrain) this.#res.off('drain', this.#drained)
    this.#res.off('finish', this.#finished)
    this.#res.off('error', this.#leave)
    this.#payload.signal?.removeEventListener('abort', this.#interrupt)
    const settled = { bytesSent: this.#bytesSent, committed: this.#committed, ...end }
    const closed = this.#reader.close()
    if (closed === undefined) this.#settle(settled)
    else void closed.then(() => this.#settle(settled))
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
