import type { ChunkReader, ReadCallback } from '../../lib/source/source.js'

/** What a read gives: bytes as text, an error, or the end. */
export type Read = string | Error | 'end'

/** A reader that gives what is queued, and records what is asked of it. */
export class QueuedReader implements ChunkReader {
  readonly sizeHints: number[] = []
  readonly released: string[] = []
  closed = 0
  readonly #queue: Parameters<ReadCallback>[]

  constructor(...queue: Parameters<ReadCallback>[]) {
    this.#queue = queue
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.sizeHints.push(sizeHint)
    callback(...(this.#queue.shift() ?? ([null] as const)))
  }

  release(buffer: Uint8Array): void {
    this.released.push(Buffer.from(buffer).toString())
  }

  close(): undefined {
    this.closed++
  }
}

/** The next read of a reader: its text, its error, or `end`; `last` with an exclamation mark. */
export function nextRead(reader: ChunkReader, sizeHint = 1024): Promise<Read> {
  return new Promise((resolve) =>
    reader.read(sizeHint, (error, buffer, last) => {
      if (error !== null) resolve(error)
      else if (buffer === undefined) resolve('end')
      else resolve(`${Buffer.from(buffer)}${last === true ? '!' : ''}`)
    }),
  )
}

/** All text of a reader; rejects with its error. */
export async function textOf(reader: ChunkReader): Promise<string> {
  let text = ''
  while (true) {
    const read = await nextRead(reader)
    if (read instanceof Error) throw read
    if (read === 'end') return text
    if (read.endsWith('!')) return text + read.slice(0, -1)
    text += read
  }
}
