import createHttpError, { type HttpError } from 'http-errors'

/** What the operating system says, as a status: one table for every place that touches a file. */
const STATUS_OF_ERRNO: Readonly<Record<string, number>> = {
  ENOENT: 404,
  ENOTDIR: 404,
  ENAMETOOLONG: 404,
  ELOOP: 404,
  EISDIR: 404,
  EINVAL: 404,
  ENXIO: 404,
  EACCES: 403,
  EPERM: 403,
  EMFILE: 503,
  ENFILE: 503,
  EAGAIN: 503,
}

const RETRY_AFTER_SECONDS = '1'

/**
 * An `http-errors` error that says nothing of the machine: Express prints an error's message and, in
 * development, its stack to the client. What really happened is kept in `cause`, out of reach of
 * `JSON.stringify`, and its errno in `code`.
 */
export function httpError(status: number, cause?: unknown): HttpError {
  const error = createHttpError(status)
  Object.defineProperty(error, 'stack', {
    value: `${error.name}: ${error.message}`,
    configurable: true,
    writable: true,
  })
  if (status === 503) error.headers = { 'Retry-After': RETRY_AFTER_SECONDS }
  if (cause === undefined) return error
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true })
  const code = errnoOf(cause)
  if (code !== undefined) error.code = code
  return error
}

/** The `http-errors` form of whatever a file or a caller's iterable failed with. */
export function toHttpError(error: unknown): HttpError {
  if (createHttpError.isHttpError(error)) return error
  const code = errnoOf(error)
  return httpError((code === undefined ? undefined : STATUS_OF_ERRNO[code]) ?? 500, error)
}

/** Somebody else answers this request: the answer is theirs to end. */
export function alreadyAnswered(): HttpError {
  const cause = new Error('The response has been answered already')
  return httpError(500, Object.assign(cause, { code: 'ERR_HTTP_HEADERS_SENT' }))
}

function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
