import { types } from 'node:util'
import httpErrors, { type HttpError } from 'http-errors'

/** The status for each error code of the operating system. */
const STATUS_OF_ERRNO: ReadonlyMap<string, number> = new Map([
  ['ENOENT', 404],
  ['ENOTDIR', 404],
  ['ENAMETOOLONG', 404],
  ['ELOOP', 404],
  // FreeBSD's code for opening a symlink with O_NOFOLLOW, where Linux reports ELOOP.
  ['EMLINK', 404],
  ['EISDIR', 404],
  ['EINVAL', 404],
  ['ENXIO', 404],
  ['EACCES', 403],
  ['EPERM', 403],
  ['EMFILE', 503],
  ['ENFILE', 503],
  ['EAGAIN', 503],
  // The file is being written, so a retry soon may succeed.
  ['ERR_FILE_CHANGED', 503],
])

const RETRY_AFTER_SECONDS = '1'

/**
 * Creates an `http-errors` error that reveals nothing about the server's file system: Express sends the
 * error's message, and in development its stack, to the client. The original error is its `cause`, which
 * `JSON.stringify` does not include, and the original error code is its `code`.
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

/** The stack would reveal where the package is installed, and contains no frame of the application. */
function withoutStack(error: HttpError): HttpError {
  return Object.defineProperty(error, 'stack', {
    value: `${error.name}: ${error.message}`,
    configurable: true,
    writable: true,
  })
}

/** Converts the error of a file-system call to an `http-errors` error. */
export function toHttpError(error: unknown): HttpError {
  return isHttpError(error) ? error : httpError(statusOf(error), error)
}

/** Whether it is an `http-errors` error. One whose status cannot be read is none. */
function isHttpError(error: unknown): error is HttpError {
  const isReadable = () => httpErrors.isHttpError(error) && error.status !== undefined
  return readSafely(isReadable) ?? false
}

/** The status that `toHttpError` would give. Creating the error takes as long as serving a small file. */
export function statusOf(error: unknown): number {
  const status = STATUS_OF_ERRNO.get(errnoOf(error) ?? '')
  if (status !== undefined) return status
  return isHttpError(error) ? errorStatus(error.status) : 500
}

/** Whether the error of opening a name, if there is one, says that nothing is there. */
export function isMissing(error: unknown): boolean {
  return error === undefined || statusOf(error) === 404
}

/** The status itself if it is a 4xx or 5xx status, otherwise 500. */
export function errorStatus(status: unknown): number {
  const isError = typeof status === 'number' && Number.isInteger(status)
  return isError && status >= 400 && status <= 599 ? status : 500
}

/**
 * Converts an error that the application's own code threw to an `http-errors` error. It is the same error
 * object with a `status` of its own or 500, as if a handler had thrown it. An error of the operating system
 * contains paths, so it becomes the `cause` of a new error.
 */
export function applicationError(error: unknown): HttpError {
  if (isHttpError(error)) return error
  const status = ownStatus(error)
  if (status === undefined && isErrnoOrInvalidStatus(error)) return toHttpError(error)
  if (!types.isNativeError(error) || !Object.isExtensible(error)) {
    return httpError(status ?? 500, error)
  }
  try {
    return httpErrors(status ?? 500, error)
  } catch {
    // Its class has a `status` or `expose` that cannot be assigned.
    return httpError(status ?? 500, error)
  }
}

/** Whether it has an error code of the system, or a `status` that is not 4xx or 5xx but would be used as one. */
function isErrnoOrInvalidStatus(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code = errnoOf(error)
  const isErrno = code !== undefined && STATUS_OF_ERRNO.has(code)
  return isErrno || (readSafely(() => 'status' in error || 'statusCode' in error) ?? true)
}

/**
 * Converts an error of a source of files to an `http-errors` error with the same status, or 500. Its message
 * may name hosts and buckets, so it is the `cause`.
 */
export function sourceError(error: unknown): HttpError {
  return isHttpError(error) ? error : httpError(ownStatus(error) ?? statusOf(error), error)
}

/** The error for the reason of an abort signal: a 503, unless the reason has a status of its own. */
export function abortError(reason: unknown): HttpError {
  return ownStatus(reason) === undefined ? httpError(503, reason) : applicationError(reason)
}

/** The `status` or `statusCode` of an error, as `http-errors` reads them, if it is a 4xx or 5xx status. */
function ownStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const own = readSafely(() => {
    const status = 'status' in error ? error.status : undefined
    return status ?? ('statusCode' in error ? error.statusCode : undefined)
  })
  return own === errorStatus(own) ? own : undefined
}

/** Another handler has sent the headers already, and must end the response. */
export function headersAlreadySent(): HttpError {
  const cause = new Error('The response headers have been sent already')
  return httpError(500, Object.assign(cause, { code: 'ERR_HTTP_HEADERS_SENT' }))
}

/** The body does not have the length that the application passed as `contentLength`. */
export function contentLengthMismatch(expected: number, actual: number): HttpError {
  const length = actual > expected ? `at least ${actual}` : `only ${actual}`
  const message = `The body has ${length} bytes, but its contentLength is ${expected}`
  return withoutStack(httpErrors(500, message, { code: 'ERR_CONTENT_LENGTH_MISMATCH' }))
}

/** A source gave more or fewer bytes of a file than it has. */
export function sourceLengthMismatch(expected: number, actual: number): HttpError {
  const given = actual > expected ? 'more' : `only ${actual}`
  const message = `The source gave ${given} of ${expected} bytes`
  return withoutStack(httpErrors(500, message, { code: 'ERR_SOURCE_LENGTH_MISMATCH' }))
}

/** A source gave nothing of a file for too long. */
export function sourceTimeout(): HttpError {
  const cause = new Error('The source gave nothing for too long')
  return httpError(504, Object.assign(cause, { code: 'ERR_SOURCE_TIMEOUT' }))
}

/** The client read nothing for too long, which is not an error of the application. */
export function stallError(): HttpError {
  const cause = new Error('The client read nothing of the response for too long')
  return httpError(408, Object.assign(cause, { code: 'ERR_STALL_TIMEOUT' }))
}

/** The `code` of an error, such as `'ENOENT'`, if it has one. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const code = readSafely(() => ('code' in error ? error.code : undefined))
  return typeof code === 'string' ? code : undefined
}

/** What was thrown, as text, for a warning. It may be an object that has no text. */
export function errorText(error: unknown): string {
  return readSafely(() => String(error)) ?? 'an object without a text'
}

/** Reads an object that the application threw: `undefined` where a getter of it or a Proxy throws. */
function readSafely<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
