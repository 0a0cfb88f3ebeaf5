import { types } from 'node:util'
import httpErrors, { type HttpError } from 'http-errors'

/** What the operating system says, as a status: one table for every place that touches a file. */
const STATUS_OF_ERRNO: ReadonlyMap<string, number> = new Map([
  ['ENOENT', 404],
  ['ENOTDIR', 404],
  ['ENAMETOOLONG', 404],
  ['ELOOP', 404],
  // ELOOP as FreeBSD says it, for a link that is not to be followed.
  ['EMLINK', 404],
  ['EISDIR', 404],
  ['EINVAL', 404],
  ['ENXIO', 404],
  ['EACCES', 403],
  ['EPERM', 403],
  ['EMFILE', 503],
  ['ENFILE', 503],
  ['EAGAIN', 503],
  // In the middle of being written: whole again in a moment.
  ['ERR_FILE_CHANGED', 503],
])

const RETRY_AFTER_SECONDS = '1'

/**
 * An `http-errors` error that says nothing of the machine: Express prints an error's message and, in
 * development, its stack to the client. What really happened is kept in `cause`, out of reach of
 * `JSON.stringify`, and its errno in `code`.
 */
export function httpError(status: number, cause?: unknown): HttpError {
  const error = withoutStack(httpErrors(status))
  if (status === 503) error.headers = { 'Retry-After': RETRY_AFTER_SECONDS }
  if (cause === undefined) return error
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
  const code = errnoOf(cause)
  if (code !== undefined) error.code = code
  return error
}

/** A stack would show where on the machine the package is, and nothing of the application. */
function withoutStack(error: HttpError): HttpError {
  return Object.defineProperty(error, 'stack', {
    value: `${error.name}: ${error.message}`,
    configurable: true,
    writable: true,
  })
}

/** The `http-errors` form of whatever a file failed with. */
export function toHttpError(error: unknown): HttpError {
  return httpErrors.isHttpError(error) ? error : httpError(statusOf(error), error)
}

/** The status of that, for who needs no error: making one costs as much as serving a small file. */
export function statusOf(error: unknown): number {
  const status = STATUS_OF_ERRNO.get(errnoOf(error) ?? '')
  if (status !== undefined) return status
  return httpErrors.isHttpError(error) ? errorStatus(error.status) : 500
}

/** The status with which an error is answered: 500 where its own is not one of an error. */
export function errorStatus(status: unknown): number {
  const isError = typeof status === 'number' && Number.isInteger(status)
  return isError && status >= 400 && status <= 599 ? status : 500
}

/**
 * The `http-errors` form of what the application's own code threw. Its error stays the one it is,
 * with its own `status` or 500 on it, as if a handler had thrown it; but what the operating system
 * says names paths, and is kept in the `cause`.
 */
export function applicationError(error: unknown): HttpError {
  if (httpErrors.isHttpError(error)) return error
  const status = ownStatus(error)
  if (status === undefined && saysOtherThanStatus(error)) return toHttpError(error)
  if (!types.isNativeError(error) || !Object.isExtensible(error)) {
    return httpError(status ?? 500, error)
  }
  try {
    return httpErrors(status ?? 500, error)
  } catch {
    // Its class lets nobody set `status` or `expose`.
    return httpError(status ?? 500, error)
  }
}

/** An errno, or a `status` that is none of an error and would be taken for one. */
function saysOtherThanStatus(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code = errnoOf(error)
  const isErrno = code !== undefined && STATUS_OF_ERRNO.has(code)
  return isErrno || 'status' in error || 'statusCode' in error
}

/** What an abort signal's reason means: the service stopped it, unless the reason says otherwise. */
export function abortError(reason: unknown): HttpError {
  return ownStatus(reason) === undefined ? httpError(503, reason) : applicationError(reason)
}

/** As `http-errors` reads it: an error may say what it is answered with, if that is an error. */
function ownStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const status = 'status' in error ? error.status : undefined
  const own = status ?? ('statusCode' in error ? error.statusCode : undefined)
  return own === errorStatus(own) ? own : undefined
}

/** Somebody else answers this request: the answer is theirs to end. */
export function headersAlreadySent(): HttpError {
  const cause = new Error('The response has been answered already')
  return httpError(500, Object.assign(cause, { code: 'ERR_HTTP_HEADERS_SENT' }))
}

/** The body does not have as many bytes as the application promised. */
export function contentLengthMismatch(expected: number, actual: number): HttpError {
  const found = actual > expected ? `at least ${actual}` : `only ${actual}`
  const message = `The body has ${found} bytes, and its contentLength is ${expected}`
  return withoutStack(httpErrors(500, message, { code: 'ERR_CONTENT_LENGTH_MISMATCH' }))
}

/** The client took nothing for too long. That is no failure of the application. */
export function stallError(): HttpError {
  const cause = new Error('The client took nothing of the response for too long')
  return httpError(408, Object.assign(cause, { code: 'ERR_STALL_TIMEOUT' }))
}

/** The errno of what a file-system call failed with, if that is what it is. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
