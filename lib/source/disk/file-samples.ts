import type { ByteRange } from '../../http/byte-ranges.js'
import type { RandomAccessFile } from '../source.js'

const SAMPLE_BYTES = 256

// However long the body is. When so many blocks have been sampled, every second sample is dropped and
// from then on every second block is sampled, so they stay spread over all that was read.
const MAX_BUFFER_SAMPLES = 8

interface Sample {
  readonly bytes: Buffer
  readonly position: number
}

/**
 * Small pieces of a file as they were read, to see by them whether a file that grew was only appended
 * to: the end of the body from the start, and the ends of blocks. A file that is regenerated may begin
 * with the same rows, so its beginning alone tells nothing.
 */
export class FileSamples {
  readonly #file: RandomAccessFile
  readonly #tailIsRead: Promise<boolean> | undefined
  #tail: Sample | undefined
  #ofBlocks: Sample[] = []
  #latest: Sample | undefined
  #buffers = 0
  #blocksPerSample = 1

  /** Begins to read the end of `lastRange`, and does not wait for it. */
  constructor(file: RandomAccessFile, lastRange: ByteRange) {
    this.#file = file
    this.#tailIsRead = Number.isFinite(lastRange.end) ? this.#readTail(lastRange) : undefined
  }

  /** Takes a sample of a block that was read at `position`. */
  add(buffer: Uint8Array, position: number): void {
    const bytes = Buffer.from(buffer.subarray(-SAMPLE_BYTES))
    this.#latest = { bytes, position: position + buffer.length - bytes.length }
    if (this.#buffers++ % this.#blocksPerSample !== 0) return
    this.#ofBlocks.push(this.#latest)
    if (this.#ofBlocks.length < MAX_BUFFER_SAMPLES) return
    this.#ofBlocks = this.#ofBlocks.filter((_sample, place) => place % 2 === 0)
    this.#blocksPerSample *= 2
  }

  /** Whether the file still reads as it did at every sample. Never rejects. */
  async stillMatch(): Promise<boolean> {
    if ((await this.#tailIsRead) === false) return false
    for (const sample of [this.#tail, this.#latest, ...this.#ofBlocks]) {
      if (sample !== undefined && !(await this.#matches(sample))) return false
    }
    return true
  }

  #readTail({ start, end }: ByteRange): Promise<boolean> {
    const position = Math.max(start, end + 1 - SAMPLE_BYTES)
    const bytes = Buffer.allocUnsafe(end + 1 - position)
    this.#tail = { bytes, position }
    return this.#fill(bytes, position)
  }

  async #matches({ bytes, position }: Sample): Promise<boolean> {
    const now = Buffer.allocUnsafe(bytes.length)
    return (await this.#fill(now, position)) && now.equals(bytes)
  }

  #fill(target: Buffer, position: number): Promise<boolean> {
    return new Promise((resolve) =>
      this.#file.readFully(target, position, (error, bytesRead) =>
        resolve(error === null && bytesRead === target.length),
      ),
    )
  }
}
