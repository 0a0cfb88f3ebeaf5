import { types } from 'node:util'
import type { Segment } from '../../http/byte-ranges.js'
import { isEntityTag } from '../../http/entity-tag.js'
import { settledInTime } from '../../iterators.js'
import { type BufferPool, PooledBuffers } from '../buffer-pool.js'
import { DEFAULT_CHUNK_SIZE, readWindow } from '../read-window.js'
import type { ChunkReader, OpenFile, Stats, StoredHeaders } from '../source.js'
import type { ChunksOptions, SourceFile } from './source-contract.js'
import { SourceReader } from './source-reader.js'
import { statsOf } from './source-stats.js'

const NS_PER_MS = 1_000_000n

/** A file of a source of the application. */
export class CustomFile implements OpenFile {
  readonly path: string
  readonly size: number | undefined
  readonly mtimeNs: bigint | undefined
  readonly ctimeNs = undefined
  // Declared, so that they are not inherited from an `Object.prototype` that was added to.
  readonly bytes = undefined
  readonly realPath = undefined
  readonly negotiated = undefined
  readonly etag: string | undefined
  readonly type: string | undefined
  readonly headers: StoredHeaders
  /** What the application opened. */
  readonly sourceFile: SourceFile
  /** The milliseconds in which the next piece must come. */
  readonly stallTimeout: number | undefined
  readonly #onClosed: (() => void) | undefined
  #closed: Promise<void> | undefined

  /**
   * @param onClosed called once, when the file has been closed
   * @throws TypeError if the metadata of the file is invalid
   */
  constructor(name: string, file: SourceFile, stallTimeout?: number, onClosed?: () => void) {
    checkMetadata(file)
    this.stallTimeout = stallTimeout
    this.#onClosed = onClosed
    const { modified } = file
    this.path = name
    this.size = file.size
    this.mtimeNs = modified && BigInt(modified.getTime()) * NS_PER_MS
    this.etag = file.etag
    this.type = file.type
    this.headers = storedHeaders(file)
    this.sourceFile = file
  }

  stats(): Stats {
    return statsOf(this.sourceFile)
  }

  chunks(options: ChunksOptions): unknown {
    return this.sourceFile.chunks(options)
  }

  body(
    segments: readonly Segment[],
    chunkSize: number,
    pool: BufferPool = new PooledBuffers(),
  ): ChunkReader {
    return new SourceReader(this, segments, chunkSize, pool)
  }

  /** A source tells nothing of what is appended later. */
  follow(start: number): ChunkReader {
    return readWindow(this, { start }, DEFAULT_CHUNK_SIZE)
  }

  close(): void {
    void this.closeAndWait()
  }

  closeAndWait(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await closeSourceFile(this.sourceFile)
    this.#onClosed?.()
  }
}

/** Closes a file of a source. Waits at most a second, and never rejects. */
export async function closeSourceFile(file: SourceFile): Promise<void> {
  if (file.close !== undefined) await settledInTime(() => file.close?.())
}

const TEXTS = [
  'type',
  'contentEncoding',
  'contentLanguage',
  'contentDisposition',
  'cacheControl',
] as const

function checkMetadata(file: SourceFile): void {
  const { chunks, size, modified, etag } = file
  if (typeof chunks !== 'function') throw invalidFile('"chunks" must be a function')
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw invalidFile('"size" must be a number of bytes')
  }
  if (modified !== undefined && !(types.isDate(modified) && !Number.isNaN(modified.getTime()))) {
    throw invalidFile('"modified" must be a valid Date, or undefined if there is none')
  }
  if (etag !== undefined && !isEntityTag(etag)) {
    throw invalidFile('"etag" must be an entity tag with its quotes (RFC 9110, section 8.8.3)')
  }
  const noText = TEXTS.find((name) => file[name] !== undefined && typeof file[name] !== 'string')
  if (noText !== undefined)
    throw invalidFile(`"${noText}" must be a string, or undefined if there is none`)
}

function invalidFile(problem: string): TypeError {
  return new TypeError(`The source opened an invalid file: ${problem}`)
}

function storedHeaders(file: SourceFile): StoredHeaders {
  const headers: [string, string][] = []
  for (const [name, value] of [
    ['Content-Encoding', file.contentEncoding],
    ['Content-Language', file.contentLanguage],
    ['Content-Disposition', file.contentDisposition],
    ['Cache-Control', file.cacheControl],
  ] as const) {
    if (value !== undefined) headers.push([name, value])
  }
  return headers
}
