import { toHttpError } from '../errors.js'
import { unpooledBuffers } from './buffer-pool.js'
import type { ChunkReader, OpenFile } from './source.js'

/** The default `chunkSize` in bytes; docs/performance.md has the measurement. */
export const DEFAULT_CHUNK_SIZE = 64 * 1024

/** Reads a part of a file, both ends included, in chunks that the caller may keep. */
export function readWindow(
  file: OpenFile,
  { start, end }: { readonly start: number; readonly end?: number | undefined },
  chunkSize: number,
): ChunkReader {
  const last = file.size === undefined ? Number.POSITIVE_INFINITY : file.size - 1
  const range = { start, end: Math.min(end ?? last, last) }
  return file.body(range.end < start ? [] : [range], chunkSize, unpooledBuffers)
}

/** The buffers of a reader as an iterable, which closes the reader however the iteration ends. */
export async function* iterateChunks(
  reader: ChunkReader,
  chunkSize: number,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    while (true) {
      const { buffer, last } = await readChunk(reader, chunkSize)
      if (buffer !== undefined) yield buffer
      if (buffer === undefined || last) return
    }
  } finally {
    await reader.close()
  }
}

/** Reads one buffer. */
export function readChunk(
  reader: ChunkReader,
  chunkSize: number,
): Promise<{ buffer: Buffer | undefined; last: boolean }> {
  return new Promise((resolve, reject) =>
    reader.read(chunkSize, (error, buffer, last = false) => {
      if (error !== null) reject(toHttpError(error))
      else resolve({ buffer: buffer && asBuffer(buffer), last })
    }),
  )
}

function asBuffer(buffer: Uint8Array): Buffer {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
