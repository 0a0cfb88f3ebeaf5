import type { StreamableBody } from '../body/classify-body.js'
import { requestOf } from './next-function.js'
import type { Outcome } from './outcome.js'
import { type ReportSettings, reportOutcome } from './report-outcome.js'
import { respondWithStream, type StreamBodySettings } from './respond-with-stream.js'
import type { ResponseInit } from './response-init.js'
import type { ResponseLike } from './response-like.js'
import { responseUnavailable } from './response-unavailable.js'
import type { TransferResult } from './transfer.js'

// Values are sent as they come: they have no length, and no cache policy of their own.
const SETTINGS: StreamBodySettings = {
  cacheControl: undefined,
  chunkSize: undefined,
  contentLength: false,
  exactLength: undefined,
}

/** Responds with a body of encoded values, and reports the outcome. */
export function respondWithValues(
  res: ResponseLike,
  body: StreamableBody,
  report: ReportSettings,
  init: ResponseInit,
): Promise<Outcome> {
  return reportOutcome(res, report, () => {
    const unavailable = responseUnavailable(res)
    if (unavailable !== undefined) return closeUnread(body, unavailable)
    return respondWithStream(requestOf(res), res, body, SETTINGS, init)
  })
}

async function closeUnread(body: StreamableBody, end: TransferResult): Promise<TransferResult> {
  await body.open().close()
  return end
}
