import { ReaderDecorator } from '../body/decorators/reader-decorator.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import { isDisconnected, type ResponseLike } from './response-like.js'

interface Flushable {
  flush(): unknown
}

/**
 * Flushes a compressing middleware, so that items arrive as they are produced. Items of one turn of the
 * event loop share one flush, because every flush makes the compression worse.
 */
export class FlushingReader extends ReaderDecorator {
  readonly #res: ResponseLike & Flushable
  #isScheduled = false

  constructor(inner: ChunkReader, res: ResponseLike & Flushable) {
    super(inner)
    this.#res = res
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error, buffer, last) => {
      callback(error, buffer, last)
      if (buffer !== undefined && !this.#isScheduled) this.#scheduleFlush()
    })
  }

  #scheduleFlush(): void {
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      if (!isDisconnected(this.#res) && !this.#res.writableEnded) this.#res.flush()
    })
  }
}

/** `compression()` adds a `flush` method to the response; Node has none. */
export function isFlushable(res: ResponseLike): res is ResponseLike & Flushable {
  return 'flush' in res && typeof res.flush === 'function'
}
