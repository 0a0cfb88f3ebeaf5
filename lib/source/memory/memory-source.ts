import { createHash } from 'node:crypto'
import { isPromiseLike } from '../../promise-like.js'
import { OFF_DISK } from '../custom/off-disk.js'
import type { FileReference, NamedFiles, SourceFile } from '../custom/source-contract.js'

type Content = Uint8Array | string

/** The content of the files of `memorySource` by their names. A string is sent as UTF-8. */
export type MemoryFiles = ReadonlyMap<string, Content> | Readonly<Record<string, Content>>

interface EncodedText {
  readonly text: string
  readonly bytes: Uint8Array
}

/** Files whose content is in memory. */
export class MemorySource implements NamedFiles {
  readonly [OFF_DISK] = true
  readonly #files: MemoryFiles
  readonly #contentOf: (name: string) => Content | undefined
  readonly #encoded = new Map<string, EncodedText>()
  readonly #etags = new WeakMap<Uint8Array, string>()

  constructor(files: MemoryFiles) {
    this.#files = files
    this.#contentOf = lookup(files)
  }

  file(name: string): FileReference {
    return { source: this, name }
  }

  open(name: string): SourceFile | undefined {
    const content = this.#contentOf(name)
    if (typeof content !== 'string') this.#encoded.delete(name)
    if (content === undefined) return undefined
    const bytes = typeof content === 'string' ? this.#encode(name, content) : content
    return {
      size: bytes.length,
      etag: this.#etagOf(bytes),
      chunks: ({ start, end }) => [bytes.subarray(start, end + 1)],
    }
  }

  /** Encodes a text once. */
  #encode(name: string, text: string): Uint8Array {
    const known = this.#encoded.get(name)
    if (known?.text === text) return known.bytes
    const bytes = Buffer.from(text)
    this.#encoded.set(name, { text, bytes })
    if (this.#encoded.size > sizeOf(this.#files)) this.#forgetDeleted()
    return bytes
  }

  #forgetDeleted(): void {
    for (const [name, { text }] of this.#encoded) {
      if (this.#contentOf(name) !== text) this.#encoded.delete(name)
    }
  }

  /** Hashes bytes once. */
  #etagOf(bytes: Uint8Array): string {
    const known = this.#etags.get(bytes)
    if (known !== undefined) return known
    const etag = contentEtag(bytes)
    this.#etags.set(bytes, etag)
    return etag
  }
}

function sizeOf(files: MemoryFiles): number {
  return isMap(files) ? files.size : Object.keys(files).length
}

function lookup(files: MemoryFiles): (name: string) => Content | undefined {
  if (isMap(files)) return (name) => files.get(name)
  return (name) => (Object.hasOwn(files, name) ? files[name] : undefined)
}

/** Whether it is a `Map` or an object, and no promise or iterable of another kind. */
export function isMemoryFiles(files: unknown): files is MemoryFiles {
  if (typeof files !== 'object' || files === null || isPromiseLike(files)) return false
  const hasGet = typeof Reflect.get(files, 'get') === 'function'
  return hasGet === Symbol.iterator in files
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
