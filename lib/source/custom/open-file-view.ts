import { fileEtag, modifiedAt } from '../../http/validators.js'
import { DiskFile } from '../disk/disk-file.js'
import { DEFAULT_CHUNK_SIZE, iterateChunks, readWindow } from '../read-window.js'
import type { OpenFile } from '../source.js'
import { CustomFile } from './custom-file.js'
import type { ChunksOptions, SourceFile } from './source-contract.js'

/**
 * An open file by the contract of the application's sources, for a source that wraps one of this package. A copy
 * of it may have other metadata, so its functions are properties of its own. It is frozen, because the file
 * itself is sent, and not what is assigned to the view.
 */
export class OpenFileView implements SourceFile {
  readonly file: OpenFile
  readonly size: number | undefined
  readonly modified: Date | undefined
  readonly etag: string | undefined
  readonly chunks: (options: ChunksOptions) => AsyncGenerator<Buffer, void, undefined>
  readonly close: () => void

  constructor(file: OpenFile) {
    const modified = modifiedAt(file)
    this.file = file
    this.size = file.size
    this.modified = modified === undefined ? undefined : new Date(modified)
    this.etag = fileEtag(file, Date.now())
    this.chunks = (options) => this.#chunks(options)
    this.close = () => file.close()
    Object.freeze(this)
  }

  async *#chunks({ start, end, signal }: ChunksOptions): AsyncGenerator<Buffer, void, undefined> {
    signal.throwIfAborted()
    // Its reader closes the file, and other ranges may be read after this one.
    const file = this.file instanceof DiskFile ? this.file.share() : this.file
    const reader = readWindow(file, { start, end }, DEFAULT_CHUNK_SIZE)
    for await (const chunk of iterateChunks(reader, DEFAULT_CHUNK_SIZE)) {
      signal.throwIfAborted()
      yield chunk
    }
  }
}

/** An open file by the contract of the application's sources. */
export function sourceFileOf(file: OpenFile): SourceFile {
  return file instanceof CustomFile ? viewOfCustomFile(file) : new OpenFileView(file)
}

/** What the application opened. It is closed through `file`, which more may depend on. */
function viewOfCustomFile(file: CustomFile): SourceFile {
  const { sourceFile } = file
  return {
    ...sourceFile,
    // Those of a class may not be properties of its own.
    size: sourceFile.size,
    modified: sourceFile.modified,
    etag: sourceFile.etag,
    type: sourceFile.type,
    contentEncoding: sourceFile.contentEncoding,
    contentLanguage: sourceFile.contentLanguage,
    contentDisposition: sourceFile.contentDisposition,
    cacheControl: sourceFile.cacheControl,
    chunks: (options) => sourceFile.chunks(options),
    close: () => file.closeAndWait(),
  }
}
