import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** Splits buffers into slices of at most `size` bytes. */
export class SlicingReader extends ReaderDecorator {
  protected readonly size: number
  readonly #lastSlices = new Map<Uint8Array, Uint8Array>()
  #buffer: Uint8Array | undefined
  #offset = 0
  #isLastBuffer = false

  constructor(inner: ChunkReader, size: number) {
    super(inner)
    this.size = size
  }

  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#buffer !== undefined) return this.#deliverSlice(this.#buffer, callback)
    this.inner.read(sizeHint, (error, buffer, last = false) => {
      if (error !== null || buffer === undefined) return callback(error, buffer, last)
      this.#offset = 0
      this.#isLastBuffer = last
      this.#deliverSlice(buffer, callback)
    })
  }

  /** Slices are released in order, so a buffer is unused once its last slice is. */
  override release(slice: Uint8Array): void {
    const buffer = this.#lastSlices.get(slice)
    if (buffer === undefined) return
    this.#lastSlices.delete(slice)
    this.inner.release(buffer)
  }

  #deliverSlice(buffer: Uint8Array, callback: ReadCallback): void {
    const slice = buffer.subarray(this.#offset, this.#offset + this.size)
    this.#offset += slice.length
    const usedUp = this.#offset === buffer.length
    this.#buffer = usedUp ? undefined : buffer
    if (usedUp) this.#lastSlices.set(slice, buffer)
    callback(null, slice, usedUp && this.#isLastBuffer)
  }
}
