import { createLRU } from 'lru.min'

// The map behind it is made for so many at once. A file of a few bytes costs more than its bytes.
const FILES_AT_MOST = 4096
const OVERHEAD_BYTES = 512

/** What was used last, as much of it as a number of bytes allows. */
export class RecentFiles<T> {
  readonly #maxBytes: number
  #bytes = 0
  readonly #kept = createLRU<string, { readonly value: T; readonly bytes: number }>({
    max: FILES_AT_MOST,
    onEviction: (_name, { bytes }) => {
      this.#bytes -= bytes
    },
  })

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The bytes of all that is kept, what keeping them takes included. */
  get bytes(): number {
    return this.#bytes
  }

  get(name: string): T | undefined {
    return this.#kept.get(name)?.value
  }

  /** Keeps a value that holds so many bytes, and lets go of what was used longest ago for it. */
  set(name: string, value: T, ownBytes: number): void {
    const bytes = ownBytes + name.length * 2 + OVERHEAD_BYTES
    this.delete(name)
    if (bytes > this.#maxBytes) return
    while (this.#bytes + bytes > this.#maxBytes) this.#kept.evict(1)
    this.#kept.set(name, { value, bytes })
    this.#bytes += bytes
  }

  delete(name: string): void {
    this.#kept.delete(name)
  }
}
