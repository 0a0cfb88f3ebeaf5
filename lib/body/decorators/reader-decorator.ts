import type { ChunkReader, ReadCallback } from '../../source/source.js'

/** A reader that wraps another and has the same interface. */
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

/** Reads nothing. For a response without a body, whose source must still be closed. */
export class EmptyReader extends ReaderDecorator {
  read(_sizeHint: number, callback: ReadCallback): void {
    callback(null)
  }
}

/** Delivers nothing, but fails if the first read fails. For HEAD, which must have the status of GET. */
export class FirstErrorReader extends ReaderDecorator {
  read(_sizeHint: number, callback: ReadCallback): void {
    // No more than one item of a body that joins several.
    this.inner.read(1, (error) => callback(error))
  }
}
