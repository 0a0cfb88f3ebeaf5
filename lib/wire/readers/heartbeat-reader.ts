import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { IdleTimer } from './idle-timer.js'
import { ReaderAround } from './reader-around.js'

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
export class HeartbeatReader extends ReaderAround {
  readonly #options: HeartbeatOptions
  readonly #idle: IdleTimer | undefined
  #opening: NodeJS.Timeout | undefined
  #opened = false
  #callback: TakeBlock | undefined
  #reading = false
  #held: Parameters<TakeBlock> | undefined

  constructor(inner: ChunkReader, options: HeartbeatOptions) {
    super(inner)
    this.#options = options
    const { heartbeat, interval } = options
    if (interval !== undefined) this.#idle = new IdleTimer(interval, () => this.#give(heartbeat))
  }

  read(want: number, take: TakeBlock): void {
    this.#callback = take
    if (this.#held !== undefined) return this.#deliverHeld()
    if (!this.#opened) {
      this.#opening ??= setTimeout(() => this.#give(this.#options.opening), OPEN_AFTER_MS)
    }
    if (this.#reading) return
    this.#reading = true
    this.inner.read(want, (...result) => {
      this.#reading = false
      this.#held = result
      this.#deliverHeld()
    })
  }

  override close(): Promise<void> | undefined {
    clearTimeout(this.#opening)
    this.#idle?.stop()
    return super.close()
  }

  #deliverHeld(): void {
    const callback = this.#callback
    if (callback === undefined || this.#held === undefined) return
    const [error, block, last] = this.#held
    this.#callback = undefined
    this.#held = undefined
    const preamble = this.#opened ? undefined : this.#options.preamble
    this.#sent()
    if (preamble === undefined || error !== null || block === undefined)
      callback(error, block, last)
    else callback(null, Buffer.concat([preamble, block]), last)
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
    this.#idle?.restart()
  }
}
