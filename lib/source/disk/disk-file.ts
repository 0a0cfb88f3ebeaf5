import {
  type BigIntStats,
  fstat,
  fstatSync,
  read as readDescriptor,
  type Stats,
  stat as statPath,
} from 'node:fs'
import type { FileState } from '../source.js'
import type { Descriptor } from './descriptor.js'
import { changeSince, type FileChange } from './file-change.js'
import type { FileVersion } from './file-version.js'
import { RegularFile } from './regular-file.js'

/** The number of a closed descriptor may refer to another file, so it is not used. */
class FileClosedError extends Error {
  override name = 'FileClosedError'

  constructor() {
    super('The file is closed')
  }
}

// Node reads at most 2 GiB with one call, and throws if it is asked for more.
const MAX_BYTES_PER_CALL = 1024 * 1024 * 1024

type FillCallback = (error: Error | null, bytesRead: number) => void

/** A regular file that this package opened by its path. */
export class DiskFile extends RegularFile {
  readonly realPath: string
  readonly #descriptor: Descriptor
  #pendingCalls = 0
  #closed = false
  #onClosed: (() => void) | undefined

  constructor(
    path: string,
    descriptor: Descriptor,
    version: FileVersion,
    size: number | undefined,
    realPath = path,
  ) {
    super(path, version, size)
    this.realPath = realPath
    this.#descriptor = descriptor
  }

  /**
   * Another reference to the open file, which is closed separately.
   *
   * @throws FileClosedError if this one is closed
   */
  share(): DiskFile {
    if (this.#closed) throw new FileClosedError()
    const { path, version, size, realPath } = this
    return new DiskFile(path, this.#descriptor.retain(), version, size, realPath)
  }

  get descriptor(): number | undefined {
    return this.#closed ? undefined : this.#descriptor.number
  }

  /** @throws FileClosedError if it is closed */
  stats(): Stats {
    if (this.#closed) throw new FileClosedError()
    return fstatSync(this.#descriptor.number)
  }

  /** One `read` may return less than the rest of the file: `/proc` returns at most 4 KiB. */
  readFully(buffer: Uint8Array, position: number, callback: FillCallback): void {
    this.#fillFrom(buffer, 0, position, callback)
  }

  #fillFrom(buffer: Uint8Array, filled: number, position: number, callback: FillCallback): void {
    if (this.#closed) return callback(new FileClosedError(), filled)
    this.#pendingCalls++
    readDescriptor(
      this.#descriptor.number,
      buffer,
      filled,
      Math.min(buffer.length - filled, MAX_BYTES_PER_CALL),
      position + filled,
      (error, bytesRead) => {
        this.#callEnded()
        if (error) return callback(error, filled)
        const total = filled + bytesRead
        if (bytesRead === 0 || total === buffer.length) return callback(null, total)
        this.#fillFrom(buffer, total, position, callback)
      },
    )
  }

  checkChange(callback: (change: FileChange) => void): void {
    this.#statDescriptor((error, stats) =>
      callback(error === null ? changeSince(this, stats) : 'rewritten'),
    )
  }

  /** Calls `stat` on the path, and `fstat` only if the path now refers to another file. */
  async currentState(): Promise<FileState> {
    const atPath = await this.#statPath()
    const inPlace = atPath?.dev === this.version.dev && atPath.ino === this.version.ino
    const { size, mtimeNs } = inPlace ? atPath : await this.#statOpened()
    return { size: Number(size), mtimeNs, inPlace }
  }

  #statPath(): Promise<BigIntStats | undefined> {
    return new Promise((resolve) =>
      statPath(this.path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
    )
  }

  #statOpened(): Promise<BigIntStats> {
    return new Promise((resolve, reject) =>
      this.#statDescriptor((error, stats) => (error === null ? resolve(stats) : reject(error))),
    )
  }

  #statDescriptor(callback: (...result: [null, BigIntStats] | [Error, undefined]) => void): void {
    if (this.#closed) return callback(new FileClosedError(), undefined)
    this.#pendingCalls++
    fstat(this.#descriptor.number, { bigint: true }, (error, stats) => {
      this.#callEnded()
      if (error) callback(error, undefined)
      else callback(null, stats)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#pendingCalls === 0) this.#descriptor.release()
    this.#onClosed?.()
  }

  /** Calls back when it is closed. */
  onceClosed(callback: () => void): void {
    const before = this.#onClosed
    this.#onClosed = () => {
      before?.()
      callback()
    }
  }

  #callEnded(): void {
    this.#pendingCalls--
    // A descriptor that is closed during a read may refer to another file before the read happens.
    if (this.#closed && this.#pendingCalls === 0) this.#descriptor.release()
  }
}
