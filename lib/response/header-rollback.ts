import { toHttpError } from '../errors.js'
import { snapshotHeaders } from './header-snapshot.js'
import type { ResponseLike } from './response-like.js'
import { failedBeforeHeaders, type TransferResult } from './transfer.js'

/**
 * Runs an attempt to respond. If nothing was sent, the status and headers of the response are restored,
 * so that another response can be sent.
 *
 * @param release releases the body if the attempt fails before the body is read
 */
export async function withHeaderRollback(
  res: ResponseLike,
  attempt: () => Promise<TransferResult> | TransferResult,
  release: () => unknown,
): Promise<TransferResult> {
  const restoreHeaders = snapshotHeaders(res)
  let end: TransferResult
  try {
    end = await attempt()
  } catch (error) {
    await release()
    end = failedBeforeHeaders(toHttpError(error))
  }
  if (!end.headersSent && !res.headersSent) restoreHeaders()
  return end
}
