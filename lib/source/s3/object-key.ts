// The limit of S3 and of the stores that speak its protocol.
const MAX_KEY_BYTES = 1024

// Half of a surrogate pair has no UTF-8, and XML, in which stores report errors, has no NUL.
const UNSENDABLE = /[\p{Surrogate}\0]/u

const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/

/**
 * Whether a store can have an object of this key. A request without a key lists the bucket. A proxy in
 * front of the store may resolve dot segments, and so reach what is outside the prefix.
 */
export function isObjectKey(key: string): boolean {
  return (
    key !== '' &&
    Buffer.byteLength(key) <= MAX_KEY_BYTES &&
    !UNSENDABLE.test(key) &&
    !DOT_SEGMENT.test(key)
  )
}
