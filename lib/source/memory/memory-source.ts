import { createHash } from 'node:crypto'
import { OFF_DISK } from '../custom/off-disk.js'
import type { FileReference, NamedFiles, SourceFile } from '../custom/source-contract.js'

type Content = Uint8Array | string

/** The content of the files of `memorySource` by their names. A string is sent as UTF-8. */
export type MemoryFiles = ReadonlyMap<string, Content> | Readonly<Record<string, Content>>

interface EncodedContent {
  readonly content: Content
  readonly bytes: Uint8Array
  readonly etag: string
}

/** Files whose content is in memory. */
export class MemorySource implements NamedFiles {
  readonly [OFF_DISK] = true
  readonly #contentOf: (name: string) => Content | undefined
  readonly #encoded = new Map<string, EncodedContent>()

  constructor(files: MemoryFiles) {
    this.#contentOf = lookup(files)
  }

  file(name: string): FileReference {
    return { source: this, name }
  }

  open(name: string): SourceFile | undefined {
    const file = this.#encode(name)
    if (file === undefined) return undefined
    const { bytes, etag } = file
    return {
      size: bytes.length,
      etag,
      chunks: ({ start, end }) => [bytes.subarray(start, end + 1)],
    }
  }

  /** Encodes and hashes a content once. */
  #encode(name: string): EncodedContent | undefined {
    const content = this.#contentOf(name)
    const known = this.#encoded.get(name)
    if (known !== undefined && known.content === content) return known
    this.#encoded.delete(name)
    if (content === undefined) return undefined
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    const encoded = { content, bytes, etag: contentEtag(bytes) }
    this.#encoded.set(name, encoded)
    return encoded
  }
}

function lookup(files: MemoryFiles): (name: string) => Content | undefined {
  if (isMap(files)) return (name) => files.get(name)
  return (name) => (Object.hasOwn(files, name) ? files[name] : undefined)
}

/** The files that are there now. */
export function memoryEntries(
  files: MemoryFiles,
): Iterable<readonly [name: unknown, content: unknown]> {
  return isMap(files) ? files.entries() : Object.entries(files)
}

function isMap(files: MemoryFiles): files is ReadonlyMap<string, Content> {
  return typeof files.get === 'function'
}

/** Strong, and equal in every process that has the same content. */
function contentEtag(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url')}"`
}
