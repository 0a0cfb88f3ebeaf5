import { createLRU } from 'lru.min'

// The map behind it is made for so many at once.
const MAX_ENTRIES = 4096

// What keeping a file takes apart from its bytes: measured with 4,000 files, 1.5 KiB on the heap, most of
// it its `Stats`, and what V8 allocates elsewhere for every ArrayBuffer.
const OVERHEAD_BYTES = 2048

/** What was used last, as much of it as a number of bytes allows. */
export class ByteLimitedLru<T> {
  readonly #maxBytes: number
  #bytes = 0
  readonly #kept = createLRU<string, { readonly value: T; readonly bytes: number }>({
    max: MAX_ENTRIES,
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

  /** Whether a value that holds so many bytes can be kept at all. */
  canKeep(name: string, ownBytes: number): boolean {
    return bytesToKeep(name, ownBytes) <= this.#maxBytes
  }

  /** Keeps a value that holds so many bytes, and lets go of what was used longest ago for it. */
  set(name: string, value: T, ownBytes: number): void {
    this.delete(name)
    if (!this.canKeep(name, ownBytes)) return
    const bytes = bytesToKeep(name, ownBytes)
    while (this.#bytes + bytes > this.#maxBytes) this.#kept.evict(1)
    this.#kept.set(name, { value, bytes })
    this.#bytes += bytes
  }

  delete(name: string): void {
    this.#kept.delete(name)
  }
}

function bytesToKeep(name: string, ownBytes: number): number {
  return ownBytes + name.length * 2 + OVERHEAD_BYTES
}
