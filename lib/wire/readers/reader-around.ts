import type { ChunkReader, TakeBlock } from '../../source/source.js'

/** A reader that adds something to another. */
export abstract class ReaderAround implements ChunkReader {
  protected readonly inner: ChunkReader

  constructor(inner: ChunkReader) {
    this.inner = inner
  }

  abstract read(want: number, take: TakeBlock): void

  recycle(block: Uint8Array): void {
    this.inner.recycle(block)
  }

  close(): Promise<void> | undefined {
    return this.inner.close()
  }
}

/** Gives nothing: for an answer without a body, whose source must be closed all the same. */
export class NothingOf extends ReaderAround {
  read(_want: number, take: TakeBlock): void {
    take(null)
  }
}

/** Gives nothing either, but fails if the first block does: for HEAD, which has the status of GET. */
export class FailureOf extends ReaderAround {
  read(want: number, take: TakeBlock): void {
    this.inner.read(want, (error) => take(error))
  }
}
