import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { SlicingReader } from './slicing-reader.js'

// Small slices keep a media player's input steady. Smaller ones would need more precise timers.
const SLICES_PER_SECOND = 20

// A client that was slow may catch up, but at most by what it missed in this time.
const CATCH_UP_MS = 100

/** Splits buffers into small slices, and delivers at most `bytesPerSecond` bytes of them per second. */
export class ThrottledReader extends SlicingReader {
  readonly #bytesPerMs: number
  #nextReadAt = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(inner: ChunkReader, bytesPerSecond: number) {
    super(inner, Math.max(Math.floor(bytesPerSecond / SLICES_PER_SECOND), 1))
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  override read(sizeHint: number, callback: ReadCallback): void {
    const wait = this.#nextReadAt - performance.now()
    if (wait <= 0) return this.#readNow(sizeHint, callback)
    this.#timer = setTimeout(() => this.#readNow(sizeHint, callback), wait)
  }

  override close(): Promise<void> | undefined {
    clearTimeout(this.#timer)
    return super.close()
  }

  #readNow(sizeHint: number, callback: ReadCallback): void {
    super.read(Math.min(sizeHint, this.size), (error, slice, last) => {
      if (slice !== undefined) this.#delayNextRead(slice.length)
      callback(error, slice, last)
    })
  }

  #delayNextRead(bytes: number): void {
    const earliest = performance.now() - CATCH_UP_MS
    this.#nextReadAt = Math.max(this.#nextReadAt, earliest) + bytes / this.#bytesPerMs
  }
}
