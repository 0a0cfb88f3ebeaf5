import type { ChunkReader, ReadCallback } from '../../source/source.js'

/** A reader that adds something to another. */
export abstract class ReaderDecorator implements ChunkReader {
  protected readonly inner: ChunkReader

  constructor(inner: ChunkReader) {
    this.inner = inner
  }

  abstract read(sizeHint: number, callback: ReadCallback): void

  release(buffer: Uint8Array): void {
    this.inner.release(buffer)
  }

  close(): Promise<void> | undefined {
    return this.inner.close()
  }
}

/** Gives nothing: for an answer without a body, whose source must be closed all the same. */
export class EmptyReader extends ReaderDecorator {
  read(_want: number, callback: ReadCallback): void {
    callback(null)
  }
}

/** Gives nothing either, but fails if the first block does: for HEAD, which has the status of GET. */
export class FirstErrorReader extends ReaderDecorator {
  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error) => callback(error))
  }
}
