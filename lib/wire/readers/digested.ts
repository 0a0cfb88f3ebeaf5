import { createHash } from 'node:crypto'
import type { ChunkReader, TakeBlock } from '../../source/source.js'
import { ReaderAround } from './reader-around.js'

/** The digest algorithms of RFC 9530 that are not deprecated. */
export type DigestAlgorithm = 'sha-256' | 'sha-512'

/** Computes the digest of what goes through, and tells it just before the end does. */
export class Digested extends ReaderAround {
  readonly #algorithm: DigestAlgorithm
  readonly #hash: ReturnType<typeof hashOf>
  readonly #tell: (field: string) => void

  constructor(inner: ChunkReader, algorithm: DigestAlgorithm, tell: (field: string) => void) {
    super(inner)
    this.#algorithm = algorithm
    this.#hash = hashOf(algorithm)
    this.#tell = tell
  }

  read(want: number, take: TakeBlock): void {
    this.inner.read(want, (error, block, last = false) => {
      if (block !== undefined) this.#hash.update(block)
      if (error === null && (block === undefined || last)) {
        this.#tell(digestField(this.#algorithm, this.#hash.digest('base64')))
      }
      take(error, block, last)
    })
  }
}

/** The `Repr-Digest` field for bytes that are all there (RFC 9530 §3). */
export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm): string {
  return digestField(algorithm, hashOf(algorithm).update(bytes).digest('base64'))
}

/** RFC 9651: a dictionary with a byte sequence in it. */
function digestField(algorithm: DigestAlgorithm, base64: string): string {
  return `${algorithm}=:${base64}:`
}

function hashOf(algorithm: DigestAlgorithm) {
  return createHash(algorithm.replace('-', ''))
}
