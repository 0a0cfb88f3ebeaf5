import { OFF_DISK } from '../custom/off-disk.js'
import type {
  FileReference,
  NamedFiles,
  OpenContext,
  SourceFile,
} from '../custom/source-contract.js'
import type { Bucket } from './bucket.js'
import type { MetadataCache } from './metadata-cache.js'
import { objectFile } from './object-file.js'
import { isObjectKey } from './object-key.js'
import type { ObjectMetadata } from './object-metadata.js'
import { firstBytes, firstRequest } from './object-plan.js'
import { rangeField } from './object-range.js'
import { ObjectChangedError, storeError } from './store-error.js'

type Opened = SourceFile | 'missing' | 'changed'

/** The objects of a bucket whose keys begin with a prefix. */
export class S3Source implements NamedFiles {
  readonly [OFF_DISK] = true
  readonly #bucket: Bucket
  readonly #prefix: string
  readonly #cache: MetadataCache | undefined

  constructor(bucket: Bucket, prefix: string, cache: MetadataCache | undefined) {
    this.#bucket = bucket
    this.#prefix = prefix
    this.#cache = cache
  }

  file(name: string): FileReference {
    return { source: this, name }
  }

  /** An object that is replaced between two requests is opened once more. */
  async open(name: string, context: OpenContext): Promise<SourceFile | undefined> {
    const key = this.#prefix + name
    if (!isObjectKey(key)) return undefined
    let opened = await this.#open(key, context)
    if (opened === 'changed') opened = await this.#open(key, context)
    if (opened === 'changed') throw storeError(new ObjectChangedError())
    return opened === 'missing' ? undefined : opened
  }

  #open(key: string, context: OpenContext): Promise<Opened> {
    const first = firstRequest(context)
    return first.method === 'HEAD'
      ? this.#openWithHead(key, context)
      : this.#openWithGet(key, first.range, context)
  }

  async #openWithGet(
    key: string,
    range: string | undefined,
    context: OpenContext,
  ): Promise<Opened> {
    const result = await this.#bucket.get(key, { range, signal: context.signal })
    // The store does not tell the size of the object, which the 416 does.
    if (result.kind === 'unsatisfiable') return this.#openWithHead(key, context)
    if (result.kind !== 'object') {
      this.#cache?.delete(key)
      return result.kind
    }
    const { metadata, body } = result
    this.#cache?.set(key, metadata)
    return objectFile(this.#bucket, key, metadata, body)
  }

  async #openWithHead(key: string, context: OpenContext): Promise<Opened> {
    const { signal } = context
    const metadata = await this.#metadata(key, signal)
    if (metadata === undefined) return 'missing'
    const bytes = firstBytes(context, metadata, Date.now())
    if (bytes === undefined) return objectFile(this.#bucket, key, metadata, undefined)
    const range = rangeField(bytes, metadata.size)
    const result = await this.#bucket.get(key, { range, version: metadata, signal })
    if (result.kind === 'object') return objectFile(this.#bucket, key, result.metadata, result.body)
    this.#cache?.delete(key)
    return result.kind === 'missing' ? 'missing' : 'changed'
  }

  async #metadata(key: string, signal: AbortSignal): Promise<ObjectMetadata | undefined> {
    const cached = this.#cache?.get(key)
    if (cached !== undefined) return cached
    const result = await this.#bucket.head(key, signal)
    if (result.kind === 'missing') return undefined
    this.#cache?.set(key, result.metadata)
    return result.metadata
  }
}
