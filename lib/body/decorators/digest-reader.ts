import { createHash } from 'node:crypto'
import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** The digest algorithms of RFC 9530 that are not deprecated. */
export type DigestAlgorithm = 'sha-256' | 'sha-512'

/** Computes the digest of what is read, and passes it to `onDigest` just before the end is delivered. */
export class DigestReader extends ReaderDecorator {
  readonly #algorithm: DigestAlgorithm
  readonly #hash: ReturnType<typeof createHashFor>
  readonly #onDigest: (field: string) => void

  constructor(inner: ChunkReader, algorithm: DigestAlgorithm, onDigest: (field: string) => void) {
    super(inner)
    this.#algorithm = algorithm
    this.#hash = createHashFor(algorithm)
    this.#onDigest = onDigest
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error, buffer, last = false) => {
      if (buffer !== undefined) this.#hash.update(buffer)
      if (error === null && (buffer === undefined || last)) {
        this.#onDigest(formatDigest(this.#algorithm, this.#hash.digest('base64')))
      }
      callback(error, buffer, last)
    })
  }
}

/** The `Repr-Digest` field of a body that is in memory (RFC 9530 §3). */
export function digestHeader(bytes: Uint8Array, algorithm: DigestAlgorithm): string {
  return formatDigest(algorithm, createHashFor(algorithm).update(bytes).digest('base64'))
}

/** A structured-field dictionary with one byte sequence (RFC 9651). */
function formatDigest(algorithm: DigestAlgorithm, base64: string): string {
  return `${algorithm}=:${base64}:`
}

function createHashFor(algorithm: DigestAlgorithm) {
  return createHash(algorithm.replace('-', ''))
}
