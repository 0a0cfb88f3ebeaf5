import { applicationError } from '../errors.js'
import type { FileInfo } from '../http/describe.js'
import { iterateChunks, readWindow } from '../source/read-window.js'
import type { ChunkReader, OpenFile, ReadCallback } from '../source/source.js'
import type { BodyChunk } from './body-chunk.js'
import { toStreamableBody } from './classify-body.js'

/**
 * Makes another body out of a file's: decrypts it, marks it, fills it in. It is called once for each
 * answer with a body. What it gives is sent item by item.
 */
export type Transform = {
  call(
    chunks: AsyncGenerator<Buffer, void, undefined>,
    file: FileInfo,
  ): AsyncIterable<BodyChunk> | Iterable<BodyChunk>
}['call']

/** What a transform gives back, as far as anybody can tell before looking. */
type TransformCall = (chunks: AsyncGenerator<Buffer, void, undefined>) => unknown

/** What an application's function makes of a file. Closing it closes the file, used up or not. */
export class TransformReader implements ChunkReader {
  readonly #file: ChunkReader
  readonly #made: ChunkReader

  /** @throws HttpError what the transform threw, or that it returned nothing to be read */
  constructor(
    file: OpenFile,
    window: { readonly start: number; readonly end?: number | undefined },
    chunkSize: number,
    transform: TransformCall,
  ) {
    this.#file = readWindow(file, window, chunkSize)
    this.#made = readerOfTransform(transform, iterateChunks(this.#file, chunkSize))
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.#made.read(sizeHint, callback)
  }

  release(): void {}

  close(): Promise<void> | undefined {
    const left = this.#made.close()
    return left === undefined ? this.#file.close() : left.then(() => this.#file.close())
  }
}

function readerOfTransform(
  transform: TransformCall,
  chunks: AsyncGenerator<Buffer, void, undefined>,
) {
  try {
    const stream = toStreamableBody(transform(chunks))
    if (stream !== undefined) return stream.open()
  } catch (error) {
    throw applicationError(error)
  }
  throw applicationError(new TypeError('A transform must return an iterable or a stream'))
}
