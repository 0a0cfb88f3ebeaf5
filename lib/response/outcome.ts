import { errorStatus, toHttpError } from '../errors.js'
import type { TransferResult } from './transfer.js'

/**
 * An `http-errors` error. Its message contains no path and nothing else about the machine, unless the application's
 * own code threw it.
 */
export interface StreamError extends Error {
  /** The status for the client, from 400 to 599. */
  readonly status: number
  /** The same as `status`. */
  readonly statusCode: number
  /** Whether the message may be sent to the client. */
  readonly expose: boolean
  /** Headers for the response, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The errno, such as `'ENOENT'`, or a code of this package, such as `'ERR_STALL_TIMEOUT'`. */
  readonly code?: string
}

/** How a response ended. */
export interface Outcome {
  /** The status that was sent. If none was sent, the status of the error or of `res.statusCode`. */
  readonly status: number
  /** Bytes of the body that were passed to the connection, without framing. */
  readonly bytesSent: number
  /** Whether the whole response was passed to the connection before the client disconnected. */
  readonly completed: boolean
  /** Whether the client disconnected before that, which is not an error, or stalled for `stallTimeout`. */
  readonly aborted: boolean
  /** Milliseconds from the call of `streamResponse`, or of the middleware, to the end. */
  readonly durationMs: number
  /** The failure. After the first byte it means that the connection was aborted. */
  readonly error?: StreamError
}

/**
 * The outcome of a response.
 *
 * @param startedAt a time of `performance.now()`
 */
export function outcomeOf(
  res: { readonly statusCode: number },
  end: TransferResult,
  startedAt: number,
): Outcome {
  const { bytesSent, completed, aborted } = end
  const durationMs = performance.now() - startedAt
  const outcome = { status: res.statusCode, bytesSent, completed, aborted, durationMs }
  if (end.error === undefined) return outcome
  const error = toHttpError(end.error)
  return { ...outcome, status: end.headersSent ? res.statusCode : errorStatus(error.status), error }
}
