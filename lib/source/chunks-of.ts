import { toHttpError } from '../errors.js'
import { freshMemory } from './block-memory.js'
import type { ChunkReader, OpenFile } from './source.js'

/** Reads a part of a file, both ends included, in chunks that whoever gets them may keep. */
export function windowReader(
  file: OpenFile,
  { start, end }: { readonly start: number; readonly end?: number | undefined },
  chunkSize: number,
): ChunkReader {
  const last = file.size === undefined ? Number.POSITIVE_INFINITY : file.size - 1
  const range = { start, end: Math.min(end ?? last, last) }
  return file.body(range.end < start ? [] : [range], chunkSize, freshMemory)
}

/** The blocks of a reader as an iterable. It is closed however the iteration ends. */
export async function* chunksOf(
  reader: ChunkReader,
  chunkSize: number,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    while (true) {
      const { block, last } = await nextBlock(reader, chunkSize)
      if (block !== undefined) yield block
      if (block === undefined || last) return
    }
  } finally {
    await reader.close()
  }
}

/** One block of a reader, as a promise. */
export function nextBlock(
  reader: ChunkReader,
  chunkSize: number,
): Promise<{ block: Buffer | undefined; last: boolean }> {
  return new Promise((resolve, reject) =>
    reader.read(chunkSize, (error, block, last = false) => {
      if (error !== null) reject(toHttpError(error))
      else resolve({ block: block && asBuffer(block), last })
    }),
  )
}

function asBuffer(block: Uint8Array): Buffer {
  return Buffer.from(block.buffer, block.byteOffset, block.byteLength)
}
