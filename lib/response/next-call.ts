import type { HttpError } from 'http-errors'
import { httpError, statusOf, toHttpError } from '../errors.js'

/** A call of `next`: without an error the request falls through to the next middleware. */
export interface NextCall {
  readonly error?: HttpError
}

/**
 * The call of `next` for a request that is not served. Another middleware may have what is missing
 * here; a failing disk is an error in any case.
 */
export function notServed(fallthrough: boolean, status: number, cause?: unknown): NextCall {
  if (fallthrough && status < 500) return {}
  return { error: cause === undefined ? httpError(status) : toHttpError(cause) }
}

/**
 * The call of `next` for a name without a file. `cause` is what the source reported, if it failed. A status
 * other than 403 and 404 is its response, such as 410 or 429.
 */
export function notFound(fallthrough: boolean, cause: unknown): NextCall {
  const status = cause === undefined ? 404 : statusOf(cause)
  return notServed(fallthrough && (status === 403 || status === 404), status, cause)
}

/** The same for a name in another spelling, which must tell no more than whether it can be served. */
export function notFoundAsSpelled(fallthrough: boolean, cause: unknown): NextCall {
  const status = cause === undefined ? 404 : statusOf(cause)
  return status < 500 ? notServed(fallthrough, 404) : notServed(fallthrough, status, cause)
}
