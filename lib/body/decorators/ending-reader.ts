import { onAbort } from '../../abort-signal.js'
import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** Ends a body after its last chunk when a signal fires, and closes the inner reader at once. */
export class EndingReader extends ReaderDecorator {
  readonly #stopListening: () => void
  #ended: boolean
  #callback: ReadCallback | undefined

  constructor(inner: ChunkReader, signal: AbortSignal) {
    super(inner)
    this.#ended = signal.aborted
    this.#stopListening = onAbort(signal, () => this.#end())
  }

  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#ended) return callback(null)
    this.#callback = callback
    this.inner.read(sizeHint, (...result) => this.#deliver(...result))
  }

  override close(): Promise<void> | undefined {
    this.#stopListening()
    return super.close()
  }

  /** A value that comes after the end has no response to go to. */
  #deliver(...result: Parameters<ReadCallback>): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.(...result)
  }

  #end(): void {
    this.#ended = true
    void this.inner.close()
    this.#deliver(null)
  }
}
