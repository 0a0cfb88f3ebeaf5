import { headersAlreadySent } from '../errors.js'
import { destroyAbortedStream, isDisconnected, type ResponseLike } from './response-like.js'
import { ABORTED, failedBeforeHeaders, type TransferResult } from './transfer.js'

/** Why nothing can be sent to a response any more, or `undefined` if it is available. */
export function responseUnavailable(res: ResponseLike): TransferResult | undefined {
  // A response that was ended after its HTTP/2 stream was reset has no headers.
  if (isDisconnected(res) && !(res.headersSent && res.writableEnded)) {
    destroyAbortedStream(res)
    return ABORTED
  }
  return res.headersSent || res.writableEnded
    ? failedBeforeHeaders(headersAlreadySent())
    : undefined
}
