import type { GetResponseHeader } from '../http/describe.js'
import { describeReencodable } from '../http/reencoding.js'
import type { Representation } from '../http/representation.js'
import { hasNativeWrite } from './native-write.js'
import type { ResponseLike } from './response-like.js'
import type { TransferOptions } from './send-body.js'

/**
 * The representation that this response can carry: a middleware that replaced `write` may send it in
 * another content coding, except where a digest forbids that.
 */
export function responseRepresentation(
  res: ResponseLike,
  representation: Representation,
  acceptRanges: boolean,
  transfer: TransferOptions | undefined,
): Representation {
  if (hasNativeWrite(res) || transfer?.digest !== undefined) return representation
  return describeReencodable(representation, responseHeaderGetter(res), acceptRanges)
}

/** Reads the headers that the application has set on a response. */
export function responseHeaderGetter(res: ResponseLike): GetResponseHeader {
  return (name) => {
    const value = res.getHeader(name)
    return value === undefined ? undefined : String(value)
  }
}
