import { createHash } from 'node:crypto'
import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** The digest algorithms of RFC 9530 that are not deprecated. */
export type DigestAlgorithm = 'sha-256' | 'sha-512'

/** Computes the digest of what goes through, and tells it just before the end does. */
export class DigestReader extends ReaderDecorator {
  readonly #algorithm: DigestAlgorithm
  readonly #hash: ReturnType<typeof hashOf>
  readonly #tell: (field: string) => void

  constructor(inner: ChunkReader, algorithm: DigestAlgorithm, tell: (field: string) => void) {
    super(inner)
    this.#algorithm = algorithm
    this.#hash = hashOf(algorithm)
    this.#tell = tell
  }

  read(sizeHint: number, callback: ReadCallback): void {
    this.inner.read(sizeHint, (error, buffer, last = false) => {
      if (buffer !== undefined) this.#hash.update(buffer)
      if (error === null && (buffer === undefined || last)) {
        this.#tell(digestField(this.#algorithm, this.#hash.digest('base64')))
      }
      callback(error, buffer, last)
    })
  }
}

/** The `Repr-Digest` field for bytes that are all there (RFC 9530 §3). */
export function digestHeader(bytes: Uint8Array, algorithm: DigestAlgorithm): string {
  return digestField(algorithm, hashOf(algorithm).update(bytes).digest('base64'))
}

/** RFC 9651: a dictionary with a byte sequence in it. */
function digestField(algorithm: DigestAlgorithm, base64: string): string {
  return `${algorithm}=:${base64}:`
}

function hashOf(algorithm: DigestAlgorithm) {
  return createHash(algorithm.replace('-', ''))
}
