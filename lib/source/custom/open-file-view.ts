import { fileEtag, modifiedAt } from '../../http/validators.js'
import { DiskFile } from '../disk/disk-file.js'
import { DEFAULT_CHUNK_SIZE, iterateChunks, readWindow } from '../read-window.js'
import type { OpenFile } from '../source.js'
import { CustomFile } from './custom-file.js'
import type { ChunksOptions, SourceFile } from './source-contract.js'

/** An open file by the contract of the application's sources, for a source that wraps one of this package. */
export class OpenFileView implements SourceFile {
  readonly file: OpenFile
  readonly size: number | undefined
  readonly modified: Date | undefined
  readonly etag: string | undefined

  constructor(file: OpenFile) {
    const modified = modifiedAt(file)
    this.file = file
    this.size = file.size
    this.modified = modified === undefined ? undefined : new Date(modified)
    this.etag = fileEtag(file, Date.now())
  }

  async *chunks({ start, end, signal }: ChunksOptions): AsyncGenerator<Buffer, void, undefined> {
    // Its reader closes the file, and other ranges may be read after this one.
    const file = this.file instanceof DiskFile ? this.file.share() : this.file
    const reader = readWindow(file, { start, end }, DEFAULT_CHUNK_SIZE)
    for await (const chunk of iterateChunks(reader, DEFAULT_CHUNK_SIZE)) {
      signal.throwIfAborted()
      yield chunk
    }
  }

  close(): void {
    this.file.close()
  }
}

/** An open file by the contract of the application's sources. */
export function sourceFileOf(file: OpenFile): SourceFile {
  return file instanceof CustomFile ? file.sourceFile : new OpenFileView(file)
}
