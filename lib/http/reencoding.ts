import { isCompressible } from './compressible.js'
import { isDownload } from './content-length.js'
import type { GetResponseHeader } from './describe.js'
import { isWeak } from './entity-tag.js'
import type { Representation } from './representation.js'

/** RFC 9111 §5.2.2.6. */
export const NO_TRANSFORM = /(?:^|,)\s*no-transform\s*(?:,|$)/i

/**
 * Describes a body that a middleware may send in another content coding, as `compression()` does.
 *
 * Two codings of a body are two representations (RFC 9110 §8.8.3.3), and the middleware leaves the
 * validators as they are: an `If-Range` request for the rest of a gzip body would be answered with
 * bytes of the file. So the tag is weak and the date decides about no range. A download that can be
 * resumed is worth more than a compressed one: there the coding is forbidden instead.
 */
export function describeReencodable(
  representation: Representation,
  setField: GetResponseHeader,
  acceptRanges: boolean,
): Representation {
  if (!isCompressible(representation.type) || hasFixedCoding(setField)) return representation
  const { size, etag } = representation
  if (acceptRanges && size !== undefined && isDownload(representation)) {
    return { ...representation, reencoding: 'forbidden' }
  }
  return { ...representation, reencoding: 'possible', etag: etag && weakTag(etag) }
}

function hasFixedCoding(setField: GetResponseHeader): boolean {
  const coding = setField('Content-Encoding')
  if (coding !== undefined && coding !== 'identity') return true
  return NO_TRANSFORM.test(setField('Cache-Control') ?? '')
}

function weakTag(tag: string): string {
  return isWeak(tag) ? tag : `W/${tag}`
}
