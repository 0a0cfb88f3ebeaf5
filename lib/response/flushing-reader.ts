import { ReaderDecorator } from '../body/decorators/reader-decorator.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import { isDisconnected, type ResponseLike } from './response-like.js'

interface Flushable {
  flush(): unknown
}

/**
 * Has a compressing middleware let go of what it holds, so that items arrive as they are produced:
 * once for all items of one turn of the event loop, since every flush costs compression.
 */
export class FlushingReader extends ReaderDecorator {
  readonly #res: ResponseLike & Flushable
  #planned = false

  constructor(inner: ChunkReader, res: ResponseLike & Flushable) {
    super(inner)
    this.#res = res
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error, buffer, last) => {
      callback(error, buffer, last)
      if (buffer !== undefined && !this.#planned) this.#plan()
    })
  }

  #plan(): void {
    this.#planned = true
    setImmediate(() => {
      this.#planned = false
      if (!isDisconnected(this.#res) && !this.#res.writableEnded) this.#res.flush()
    })
  }
}

/** `compression()` gives the response a `flush` of its own; Node has none. */
export function isFlushable(res: ResponseLike): res is ResponseLike & Flushable {
  return 'flush' in res && typeof res.flush === 'function'
}
