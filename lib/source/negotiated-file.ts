import type { Stats } from 'node:fs'
import type { Segment } from '../http/byte-ranges.js'
import type { ContentCoding } from '../http/content-coding.js'
import type { BufferPool } from './buffer-pool.js'
import type { Sendfile } from './disk/sendfile.js'
import type { ChunkReader, FollowOptions, OpenFile, StoredHeaders } from './source.js'

/**
 * A file whose content coding was negotiated. Its path, its `fs.stat`, its media type and its headers are those
 * of the original. Its bytes and its version are those of the file that was selected, which is the original
 * itself or a compressed sibling.
 */
export class NegotiatedFile implements OpenFile {
  readonly path: string
  readonly size: number | undefined
  readonly bytes: Uint8Array | undefined
  readonly mtimeNs: bigint | undefined
  readonly ctimeNs: bigint | undefined
  readonly etag: string | undefined
  readonly type: string | undefined
  readonly headers: StoredHeaders | undefined
  readonly negotiated: NonNullable<OpenFile['negotiated']>
  readonly #selected: OpenFile

  /** @param coding that of `selected`; `undefined` if that is the original */
  constructor(original: OpenFile, selected: OpenFile, coding: ContentCoding | undefined) {
    this.path = original.path
    this.type = original.type
    this.headers = original.headers
    this.size = selected.size
    this.bytes = selected.bytes
    this.mtimeNs = selected.mtimeNs
    this.ctimeNs = selected.ctimeNs
    this.etag = selected.etag
    this.negotiated = { coding, original }
    this.#selected = selected
  }

  stats(): Stats {
    return this.negotiated.original.stats()
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool?: BufferPool,
    calls?: Sendfile,
  ): ChunkReader {
    this.#closeOriginal()
    return this.#selected.body(segments, chunkSize, pool, calls)
  }

  follow(start: number, options: FollowOptions): ChunkReader {
    this.#closeOriginal()
    return this.#selected.follow(start, options)
  }

  close(): void {
    this.#closeOriginal()
    this.#selected.close()
  }

  /** Only callbacks need the original, and they have run before the body is read. */
  #closeOriginal(): void {
    const { original } = this.negotiated
    if (original !== this.#selected) original.close()
  }
}
