import type { ContentCoding } from './content-coding.js'
import type { GetResponseHeader } from './describe.js'
import { isEntityTag } from './entity-tag.js'
import type { NegotiatedCoding } from './representation.js'
import { addToVary } from './vary.js'

/** A body whose content coding was chosen by `Accept-Encoding`, and the `Vary` field that says so. */
export function negotiatedCoding(
  coding: ContentCoding | undefined,
  getHeader: GetResponseHeader,
): NegotiatedCoding {
  return { coding, vary: addToVary(getHeader('Vary'), 'Accept-Encoding') }
}

/**
 * The entity tag of a file in a content coding. Each coding is a representation of its own (RFC 9110 §8.8.3.3),
 * so its entity tag differs, also from one that the application has computed of the file.
 */
export function etagInCoding(
  etag: string | undefined,
  coding: ContentCoding | undefined,
): string | undefined {
  if (etag === undefined || coding === undefined) return etag
  // What middleware sets may lack its quotes.
  const start = isEntityTag(etag) ? etag.slice(0, -1) : `"${etag}`
  return `${start}-${coding}"`
}
