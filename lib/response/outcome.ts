import { errorStatus, toHttpError } from '../errors.js'
import type { TransferResult } from './transfer.js'

/** An error as `http-errors` makes it; its message names nothing of the machine. */
export interface StreamError extends Error {
  readonly status: number
  readonly statusCode: number
  /** Whether the message is meant for the client. */
  readonly expose: boolean
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The operating system's, such as `'ENOENT'`. */
  readonly code?: string
}

/** How an answer ended, on every way it can end. */
export interface Outcome {
  /** The status that was sent; where none was, the one of the failure or the response's own. */
  readonly status: number
  /** Bytes of the body handed to the connection, without framing. */
  readonly bytesSent: number
  /** Whether the whole answer was handed to the connection before the client left. */
  readonly completed: boolean
  /** Whether the client left before that, which is no error, or stalled for `stallTimeout`. */
  readonly aborted: boolean
  /** Milliseconds from the call, or from the arrival of the request, to the end. */
  readonly durationMs: number
  /** What failed: before the first byte, or after it and then the body was cut off. */
  readonly error?: StreamError
}

/**
 * The outcome of a response.
 *
 * @param startedAt by the clock of `performance.now()`
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
