import { isCompressible } from './compressible.js'
import { isDownload } from './content-length.js'
import type { GetResponseHeader } from './describe.js'
import { isWeak } from './entity-tag.js'
import type { Representation } from './representation.js'

/** RFC 9111 §5.2.2.6. */
export const NO_TRANSFORM = /(?:^|,)\s*no-transform\s*(?:,|$)/i

/**
 * Describes a body whose content coding a middleware such as `compression()` may change.
 *
 * Each coding of a body is a representation of its own (RFC 9110 §8.8.3.3), but the middleware does not
 * change the validators. An `If-Range` request for the rest of a gzip body would get identity bytes of the
 * file. So the entity tag is made weak, and `If-Range` never matches by date. For a download, resuming is
 * worth more than compression, so its coding must not be changed.
 */
export function describeReencodable(
  representation: Representation,
  getHeader: GetResponseHeader,
  acceptRanges: boolean,
): Representation {
  if (!isCompressible(representation.type) || hasFixedCoding(representation, getHeader)) {
    return representation
  }
  const { size, etag } = representation
  if (acceptRanges && size !== undefined && isDownload(representation)) {
    return { ...representation, reencoding: 'forbidden' }
  }
  return { ...representation, reencoding: 'possible', etag: etag && toWeak(etag) }
}

function hasFixedCoding({ negotiated }: Representation, getHeader: GetResponseHeader): boolean {
  if (negotiated?.coding !== undefined) return true
  const coding = getHeader('Content-Encoding')
  if (coding !== undefined && coding !== 'identity') return true
  return NO_TRANSFORM.test(getHeader('Cache-Control') ?? '')
}

function toWeak(etag: string): string {
  return isWeak(etag) ? etag : `W/${etag}`
}
