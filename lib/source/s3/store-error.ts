import type { HttpError } from 'http-errors'
import { errnoOf, httpError, statusOf } from '../../errors.js'

/** The store sent nothing for too long. */
export class StoreTimeoutError extends Error {
  override name = 'StoreTimeoutError'
  readonly code = 'ERR_STORE_TIMEOUT'

  constructor() {
    super('The object store sent nothing for too long')
  }
}

/** The object was replaced between two requests, or while it was being sent. */
export class ObjectChangedError extends Error {
  override name = 'ObjectChangedError'
  readonly code = 'ERR_FILE_CHANGED'

  constructor() {
    super('The object was replaced while it was being sent')
  }
}

/** The store sent something that was not asked for. */
export class UnexpectedResponseError extends Error {
  override name = 'UnexpectedResponseError'
  readonly code = 'ERR_UNEXPECTED_RESPONSE'
}

/**
 * What an error of the store or of its client means. A code that is missing here and that comes with a
 * status of 4xx says that the request is wrong: its credentials, its bucket, its region, its signature.
 */
const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['AccessDenied', 403],
  // An object in an archive must be restored before it can be read.
  ['InvalidObjectState', 403],
  ['RequestTimeout', 504],
  ['ERR_STORE_TIMEOUT', 504],
  ['ETIMEDOUT', 504],
  ['SlowDown', 503],
  ['ServiceUnavailable', 503],
  ['Throttling', 503],
  ['ThrottlingException', 503],
  ['TooManyRequests', 503],
  ['EMFILE', 503],
  ['ENFILE', 503],
  ['ERR_FILE_CHANGED', 503],
  ['ERR_UNEXPECTED_RESPONSE', 502],
])

/** The status of the store's response: busy, out of time, or broken. */
const STATUS_OF_STATUS: ReadonlyMap<number, number> = new Map([
  [408, 504],
  [429, 503],
  [503, 503],
  [504, 504],
])

/**
 * Converts an error of the store, of its client or of the connection to an `http-errors` error. Its message
 * is that of the status: what the store says names the bucket and the key. The original is its `cause`, and
 * the code of the store or of the connection its `code`.
 */
export function storeError(error: unknown): HttpError {
  const converted = httpError(statusOfStoreError(error), error)
  const code = property(error, 'Code')
  if (typeof code === 'string') converted.code = code
  const retryAfter = retryAfterOf(error)
  if (converted.status === 503 && retryAfter !== undefined) {
    converted.headers = { 'Retry-After': retryAfter }
  }
  return converted
}

function statusOfStoreError(error: unknown): number {
  const known = STATUS_OF_CODE.get(codeOf(error) ?? '')
  if (known !== undefined) return known
  const status = storeStatus(error)
  if (status !== undefined) return STATUS_OF_STATUS.get(status) ?? (status >= 500 ? 502 : 500)
  // The SDK gives the name to a connection that was reset too, which has a code.
  if (errnoOf(error) !== undefined) return 502
  return nameOf(error) === 'TimeoutError' ? 504 : statusOf(error)
}

/** The code of the store's error document, the errno of the connection, or the name the SDK gives. */
export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'Code')
  return typeof code === 'string' ? code : (errnoOf(error) ?? nameOf(error))
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined
}

/** The status of the store's response. The SDK throws for a 304 and a 412 as it does for errors. */
export function storeStatus(error: unknown): number | undefined {
  const metadata = property(error, '$metadata')
  const status = property(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

// A date would have to be compared with the clock of the store.
const SECONDS = /^\d{1,5}$/

function retryAfterOf(error: unknown): string | undefined {
  const value = property(property(property(error, '$response'), 'headers'), 'retry-after')
  return typeof value === 'string' && SECONDS.test(value) ? value : undefined
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
