import { applicationError } from '../errors.js'
import { promiseTry } from '../promise-like.js'
import { passError, requestOf } from './next-function.js'
import { type Outcome, outcomeOf, type StreamError } from './outcome.js'
import { type OnOutcome, responseEvents } from './response-events.js'
import type { ResponseLike } from './response-like.js'
import { failedBeforeHeaders, type TransferResult } from './transfer.js'

/** How the outcome of a response is reported. */
export interface ReportSettings {
  readonly onOutcome: OnOutcome | undefined
  /** `'throw'` or `'next'`. */
  readonly errors: string
}

/**
 * Runs a response to its end and reports its outcome: to the diagnostics channels, to `onOutcome`, and,
 * if it failed, as `errors` says.
 *
 * @returns a promise that rejects only with `errors: 'throw'`, and need not be awaited
 */
export function reportOutcome(
  res: ResponseLike,
  settings: ReportSettings,
  respond: () => Promise<TransferResult> | TransferResult,
): Promise<Outcome> {
  const startedAt = performance.now()
  const events = responseEvents(requestOf(res), res, settings.onOutcome)
  events?.start()
  const report = (end: TransferResult): Outcome => {
    const outcome = outcomeOf(res, end, startedAt)
    events?.report(outcome)
    const { error } = outcome
    if (error !== undefined && !end.aborted) reportError(res, settings, end, error)
    return outcome
  }
  const fail = (error: unknown): Outcome => report(failedBeforeHeaders(applicationError(error)))
  const outcome = promiseTry(respond).then(report, fail)
  // A caller that does not await the promise must not crash the process.
  outcome.catch(() => {})
  return outcome
}

/** Throws an error, or passes it to `next`, or sends it on a server without Express. */
function reportError(
  res: ResponseLike,
  { errors }: ReportSettings,
  { headersSent }: TransferResult,
  error: StreamError,
): void {
  if (errors === 'throw') throw error
  // After the first byte the connection was aborted, and error middleware can only log the error. A
  // response that other code began must be ended by that code.
  if (headersSent || !res.headersSent) passError(res, error)
}
