import { toHttpError } from '../errors.js'
import { snapshotHeaders } from './header-snapshot.js'
import type { ResponseLike } from './response-like.js'
import { failedBeforeHeaders, type TransferResult } from './transfer.js'

/**
 * Runs an attempt to respond. If nothing was sent, the status and headers of the response are restored,
 * so that another response can be sent.
 *
 * @param body is closed if the attempt fails before the body is read
 */
export function withHeaderRollback(
  res: ResponseLike,
  attempt: () => Promise<TransferResult> | TransferResult,
  body: { close(): unknown },
): Promise<TransferResult> | TransferResult {
  const restoreHeaders = snapshotHeaders(res)
  const restoreUnlessSent = (end: TransferResult): TransferResult => {
    if (!end.headersSent && !res.headersSent) restoreHeaders()
    return end
  }
  const fail = async (error: unknown): Promise<TransferResult> => {
    await body.close()
    return restoreUnlessSent(failedBeforeHeaders(toHttpError(error)))
  }
  try {
    const end = attempt()
    return end instanceof Promise ? end.then(restoreUnlessSent, fail) : restoreUnlessSent(end)
  } catch (error) {
    return fail(error)
  }
}
