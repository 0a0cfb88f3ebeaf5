import { applicationError } from '../errors.js'
import { streamOf } from './body.js'
import { chunksOf, windowReader } from './chunks-of.js'
import type { ChunkReader, OpenFile, TakeBlock } from './source.js'

/** What a transform gives back, as far as anybody can tell before looking. */
type Transforming = (chunks: AsyncGenerator<Buffer, void, undefined>) => unknown

/** What an application's function makes of a file. Closing it closes the file, used up or not. */
export class TransformedBody implements ChunkReader {
  readonly #file: ChunkReader
  readonly #made: ChunkReader

  /** @throws HttpError what the transform threw, or that it returned nothing to be read */
  constructor(
    file: OpenFile,
    window: { readonly start: number; readonly end?: number | undefined },
    chunkSize: number,
    transform: Transforming,
  ) {
    this.#file = windowReader(file, window, chunkSize)
    this.#made = made(transform, chunksOf(this.#file, chunkSize))
  }

  read(want: number, take: TakeBlock): void {
    this.#made.read(want, take)
  }

  recycle(): void {}

  close(): Promise<void> | undefined {
    const left = this.#made.close()
    return left === undefined ? this.#file.close() : left.then(() => this.#file.close())
  }
}

function made(transform: Transforming, chunks: AsyncGenerator<Buffer, void, undefined>) {
  try {
    const stream = streamOf(transform(chunks))
    if (stream !== undefined) return stream.open()
  } catch (error) {
    throw applicationError(error)
  }
  throw applicationError(new TypeError('A transform must return an iterable or a stream'))
}
