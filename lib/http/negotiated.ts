import type { ContentCoding } from './content-coding.js'
import type { GetResponseHeader } from './describe.js'
import type { Representation } from './representation.js'
import { addToVary } from './vary.js'

/**
 * Describes a body whose coding was chosen by `Accept-Encoding`. Each coding is a representation of its own
 * (RFC 9110 §8.8.3.3), so its entity tag differs, also from one that the application has computed of the file.
 */
export function describeNegotiated(
  representation: Representation,
  coding: ContentCoding | undefined,
  getHeader: GetResponseHeader,
): Representation {
  const { etag } = representation
  return {
    ...representation,
    etag: etag === undefined || coding === undefined ? etag : `${etag.slice(0, -1)}-${coding}"`,
    negotiated: { coding, vary: addToVary(getHeader('Vary'), 'Accept-Encoding') },
  }
}
