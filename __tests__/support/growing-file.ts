import type { FileChange } from '../../lib/source/disk/file-change.js'
import type { FileState, RandomAccessFile } from '../../lib/source/source.js'

let files = 0

/** A file in memory that is written to while it is followed; it says how often its state was asked. */
export class GrowingFile implements RandomAccessFile {
  readonly id: string
  readonly descriptor = undefined
  readonly mtimeNs = 0n
  readonly size: number
  inPlace = true
  statesAsked = 0
  closed = 0
  #content: Buffer
  #mtimeNs = 0n

  constructor(content: string, id = `file ${files++}`) {
    this.id = id
    this.#content = Buffer.from(content)
    this.size = this.#content.length
  }

  append(text: string): void {
    this.write(this.#content.toString() + text)
  }

  /** Truncates it and writes to it anew. */
  write(content: string): void {
    this.#content = Buffer.from(content)
    this.#mtimeNs++
  }

  touch(): void {
    this.#mtimeNs++
  }

  readFully(
    buffer: Uint8Array,
    position: number,
    done: (error: Error | null, read: number) => void,
  ) {
    const bytes = this.#content.subarray(position, position + buffer.length)
    buffer.set(bytes)
    void Promise.resolve().then(() => done(null, bytes.length))
  }

  async currentState(): Promise<FileState> {
    this.statesAsked++
    if (this.closed > 0) throw new Error('closed')
    return { size: this.#content.length, mtimeNs: this.#mtimeNs, inPlace: this.inPlace }
  }

  checkChange(done: (change: FileChange) => void): void {
    done('none')
  }

  close(): void {
    this.closed++
  }
}
