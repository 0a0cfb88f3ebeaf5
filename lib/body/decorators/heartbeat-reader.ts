import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { IdleTimer } from './idle-timer.js'
import { ReaderDecorator } from './reader-decorator.js'

/** What an event stream sends while nothing happens. */
export interface HeartbeatOptions {
  /** What opens a stream that has no event yet. */
  readonly opening: Uint8Array
  /** What precedes the first event of a stream that was not opened so. */
  readonly preamble: Uint8Array
  readonly heartbeat: Uint8Array
  /** In milliseconds without anything sent; without it there is no heartbeat. */
  readonly interval: number | undefined
}

// A client that connects waits for the headers: `EventSource` tells nobody that it is open before.
const OPEN_AFTER_MS = 1000

/** Gives a heartbeat where the inner reader gives nothing for a time. */
export class HeartbeatReader extends ReaderDecorator {
  readonly #options: HeartbeatOptions
  readonly #idle: IdleTimer | undefined
  #opening: NodeJS.Timeout | undefined
  #opened = false
  #callback: ReadCallback | undefined
  #reading = false
  #held: Parameters<ReadCallback> | undefined

  constructor(inner: ChunkReader, options: HeartbeatOptions) {
    super(inner)
    this.#options = options
    const { heartbeat, interval } = options
    if (interval !== undefined) this.#idle = new IdleTimer(interval, () => this.#give(heartbeat))
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.#callback = callback
    if (this.#held !== undefined) return this.#deliverHeld()
    if (!this.#opened) {
      this.#opening ??= setTimeout(() => this.#give(this.#options.opening), OPEN_AFTER_MS)
    }
    if (this.#reading) return
    this.#reading = true
    this.inner.read(sizeHint, (...result) => {
      this.#reading = false
      this.#held = result
      this.#deliverHeld()
    })
  }

  override close(): Promise<void> | undefined {
    clearTimeout(this.#opening)
    this.#idle?.stop()
    // What comes later must not start the timer again, which nobody would stop.
    this.#callback = undefined
    return super.close()
  }

  #deliverHeld(): void {
    const callback = this.#callback
    if (callback === undefined || this.#held === undefined) return
    const [error, buffer, last] = this.#held
    this.#callback = undefined
    this.#held = undefined
    const preamble = this.#opened ? undefined : this.#options.preamble
    this.#sent()
    if (preamble === undefined || error !== null) callback(error, buffer, last)
    else if (buffer === undefined) this.#end(preamble, callback)
    else callback(null, Buffer.concat([preamble, buffer]), last)
  }

  /** A stream that ends tells when to reconnect, even if it had no event. */
  #end(preamble: Uint8Array, callback: ReadCallback): void {
    if (preamble.length === 0) callback(null)
    else callback(null, preamble, true)
  }

  /** Nothing is given while the client does not take what was sent before. */
  #give(bytes: Uint8Array): void {
    const callback = this.#callback
    if (callback === undefined) return
    this.#callback = undefined
    this.#sent()
    callback(null, bytes)
  }

  #sent(): void {
    this.#opened = true
    clearTimeout(this.#opening)
    this.#opening = undefined
    this.#idle?.restart()
  }
}
