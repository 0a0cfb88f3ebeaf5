import type { ByteRange } from '../../http/byte-ranges.js'
import type { RandomAccessFile } from '../source.js'

/** The size of one sample, in bytes. */
export const SAMPLE_BYTES = 256

// Whatever the length of the body. When so many buffers have been sampled, every second sample is dropped
// and from then on every second buffer is sampled, so the samples stay spread over all that was read.
const MAX_BUFFER_SAMPLES = 8

/** What a sampled file must be able to do. */
type SampledFile = Pick<RandomAccessFile, 'readFully'>

interface Sample {
  readonly bytes: Buffer
  readonly position: number
}

/**
 * Samples of a file as it was read: the end of the body, read at the start, and the ends of buffers. They
 * tell whether a file that grew was only appended to. A regenerated file may begin with the same rows, so
 * samples of its beginning would tell nothing.
 */
export class FileSamples {
  readonly #file: SampledFile
  readonly #tailRead: Promise<boolean> | undefined
  #tail: Sample | undefined
  #samples: Sample[] = []
  #latest: Sample | undefined
  #buffers = 0
  #buffersPerSample = 1

  /** Starts to read the end of `lastRange`. */
  constructor(file: SampledFile, lastRange: ByteRange) {
    this.#file = file
    this.#tailRead = Number.isFinite(lastRange.end) ? this.#readTail(lastRange) : undefined
  }

  /** Samples a buffer that was read at `position`. */
  add(buffer: Uint8Array, position: number): void {
    const bytes = Buffer.from(buffer.subarray(-SAMPLE_BYTES))
    this.#latest = { bytes, position: position + buffer.length - bytes.length }
    if (this.#buffers++ % this.#buffersPerSample !== 0) return
    this.#samples.push(this.#latest)
    if (this.#samples.length < MAX_BUFFER_SAMPLES) return
    this.#samples = this.#samples.filter((_sample, place) => place % 2 === 0)
    this.#buffersPerSample *= 2
  }

  /** Whether the file still has the same bytes at every sample. Never rejects. */
  async stillMatch(): Promise<boolean> {
    if ((await this.#tailRead) === false) return false
    for (const sample of [this.#tail, this.#latest, ...this.#samples]) {
      if (sample !== undefined && !(await this.#matches(sample))) return false
    }
    return true
  }

  #readTail({ start, end }: ByteRange): Promise<boolean> {
    const position = Math.max(start, end + 1 - SAMPLE_BYTES)
    const bytes = Buffer.allocUnsafe(end + 1 - position)
    this.#tail = { bytes, position }
    return this.#read(bytes, position)
  }

  async #matches({ bytes, position }: Sample): Promise<boolean> {
    const now = Buffer.allocUnsafe(bytes.length)
    return (await this.#read(now, position)) && now.equals(bytes)
  }

  #read(target: Buffer, position: number): Promise<boolean> {
    return new Promise((resolve) =>
      this.#file.readFully(target, position, (error, bytesRead) =>
        resolve(error === null && bytesRead === target.length),
      ),
    )
  }
}
