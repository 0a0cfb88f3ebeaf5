import { fstatSync, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { FileState, OpenResult } from '../source.js'
import { changeSince, type FileChange } from './file-change.js'
import { sizeOfFile } from './file-size.js'
import type { FileVersion } from './file-version.js'
import { RegularFile } from './regular-file.js'

export type { FileHandle }

/**
 * A regular file that the application opened and closes. Reading starts at its beginning, whatever the
 * position of the handle. It reads through the handle and not through its descriptor: if the application
 * closes the handle meanwhile, the descriptor's number may refer to another file.
 */
class HandleFile extends RegularFile {
  readonly #handle: FileHandle

  constructor(handle: FileHandle, version: FileVersion, size: number | undefined) {
    super('', version, size)
    this.#handle = handle
  }

  get descriptor(): number | undefined {
    return this.#handle.fd < 0 ? undefined : this.#handle.fd
  }

  stats(): Stats {
    return fstatSync(this.#handle.fd)
  }

  readFully(
    buffer: Uint8Array,
    position: number,
    callback: (error: Error | null, bytesRead: number) => void,
  ): void {
    this.#fill(buffer, position).then(
      (bytesRead) => callback(null, bytesRead),
      (error: Error) => callback(error, 0),
    )
  }

  checkChange(callback: (change: FileChange) => void): void {
    this.#handle.stat({ bigint: true }).then(
      (stats) => callback(changeSince(this, stats)),
      () => callback('rewritten'),
    )
  }

  /** A handle has no path that could refer to another file. */
  async currentState(): Promise<FileState> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true })
    return { size: Number(size), mtimeNs, inPlace: true }
  }

  close(): void {}

  async #fill(buffer: Uint8Array, position: number): Promise<number> {
    let filled = 0
    while (filled < buffer.length) {
      const remaining = buffer.length - filled
      const { bytesRead } = await this.#handle.read(buffer, filled, remaining, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return filled
  }
}

/** The file of a handle, if it is a regular file. Reading any other kind may block. */
export async function openHandle(handle: FileHandle): Promise<OpenResult> {
  try {
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) {
      return { kind: 'missing', error: new TypeError('The FileHandle is not of a regular file') }
    }
    const opened = {
      stat: () => handle.stat({ bigint: true }),
      hasContent: () => hasContent(handle),
    }
    const sized = await sizeOfFile(opened, stats)
    return { kind: 'file', file: new HandleFile(handle, sized.stats, sized.size) }
  } catch (error) {
    return { kind: 'missing', error }
  }
}

async function hasContent(handle: FileHandle): Promise<boolean> {
  return (await handle.read(Buffer.allocUnsafe(1), 0, 1, 0)).bytesRead > 0
}
