import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { isGone, type Response } from '../response.js'
import { ReaderAround } from './reader-around.js'

interface Flushable {
  flush(): unknown
}

/**
 * Has a compressing middleware let go of what it holds, so that items arrive as they are produced:
 * once for all items of one turn of the event loop, since every flush costs compression.
 */
export class Flushed extends ReaderAround {
  readonly #res: Response & Flushable
  #planned = false

  constructor(inner: ChunkReader, res: Response & Flushable) {
    super(inner)
    this.#res = res
  }

  read(want: number, take: TakeBlock): void {
    this.inner.read(want, (error, block, last) => {
      take(error, block, last)
      if (block !== undefined && !this.#planned) this.#plan()
    })
  }

  #plan(): void {
    this.#planned = true
    setImmediate(() => {
      this.#planned = false
      if (!isGone(this.#res) && !this.#res.writableEnded) this.#res.flush()
    })
  }
}

/** `compression()` gives the response a `flush` of its own; Node has none. */
export function isFlushable(res: Response): res is Response & Flushable {
  return 'flush' in res && typeof res.flush === 'function'
}
