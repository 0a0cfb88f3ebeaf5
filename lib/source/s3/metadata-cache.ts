import { createLRU } from 'lru.min'
import type { ObjectMetadata } from './object-metadata.js'

const MAX_ENTRIES = 10_000

/** The metadata of objects, each for a time. */
export class MetadataCache {
  readonly #ttl: number
  readonly #now: () => number
  readonly #entries = createLRU<string, { metadata: ObjectMetadata; expires: number }>({
    max: MAX_ENTRIES,
  })

  /**
   * @param ttl in milliseconds
   * @param now the clock, in milliseconds
   */
  constructor(ttl: number, now = () => performance.now()) {
    this.#ttl = ttl
    this.#now = now
  }

  get(key: string): ObjectMetadata | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#now() < entry.expires) return entry?.metadata
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, metadata: ObjectMetadata): void {
    this.#entries.set(key, { metadata, expires: this.#now() + this.#ttl })
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}
