import { applicationError } from '../errors.js'
import { type ByteWindow, type FileInfo, fileInfo } from '../http/describe.js'
import { isPromiseLike } from '../promise-like.js'
import { iterateChunks, readWindow } from '../source/read-window.js'
import type { ChunkReader, OpenFile, ReadCallback } from '../source/source.js'
import type { BodyChunk } from './body-chunk.js'
import { toStreamableBody } from './classify-body.js'

/**
 * Replaces the content of a file, for example to decrypt it, add a watermark or fill in a template. It is
 * called once for each response with a body. The items that it yields are sent one by one.
 */
export type Transform = {
  call(
    chunks: AsyncGenerator<Buffer, void, undefined>,
    file: FileInfo,
  ): AsyncIterable<BodyChunk> | Iterable<BodyChunk>
}['call']

/** Returns what generates a body from a part of a file with the transform. */
export function transformBody(
  transform: Transform,
  chunkSize: number,
): (file: OpenFile, window: ByteWindow) => TransformReader {
  return (file, window) =>
    new TransformReader(file, window, chunkSize, (chunks) => transform(chunks, fileInfo(file)))
}

/** A transform whose return value has not been validated. */
type UncheckedTransform = (chunks: AsyncGenerator<Buffer, void, undefined>) => unknown

/** Reads the result of an application's transform of a file. Closing it always closes the file. */
export class TransformReader implements ChunkReader {
  readonly #file: ChunkReader
  readonly #transformed: ChunkReader
  #isClosed = false

  /** @throws HttpError if the transform throws, or returns something that cannot be read */
  constructor(
    file: OpenFile,
    window: ByteWindow,
    chunkSize: number,
    transform: UncheckedTransform,
  ) {
    this.#file = readWindow(file, window, chunkSize)
    const chunks = iterateChunks(this.#file, chunkSize)
    this.#transformed = openTransformed(transform, this.#untilClosed(chunks))
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.#transformed.read(sizeHint, callback)
  }

  release(): void {}

  close(): Promise<void> | undefined {
    this.#isClosed = true
    const closed = this.#transformed.close()
    return closed === undefined ? this.#file.close() : closed.then(() => this.#file.close())
  }

  /**
   * A read that fails because the file was closed fails in a stream of the application to which nothing listens
   * any more, and that would end the process.
   */
  async *#untilClosed(
    chunks: AsyncGenerator<Buffer, void, undefined>,
  ): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* chunks
    } catch (error) {
      if (!this.#isClosed) throw error
    }
  }
}

function openTransformed(
  transform: UncheckedTransform,
  chunks: AsyncGenerator<Buffer, void, undefined>,
) {
  let transformed: unknown
  try {
    transformed = transform(chunks)
    const stream = toStreamableBody(transformed)
    if (stream !== undefined) return stream.open()
  } catch (error) {
    throw applicationError(error)
  }
  // A rejection that nothing handles would end the process.
  if (isPromiseLike(transformed)) transformed.then(undefined, () => {})
  throw applicationError(
    new TypeError('A transform must return an iterable or a stream, no promise: async function*'),
  )
}
