import type { IncomingHttpHeaders } from 'node:http'
import type { RequestFields } from './representation.js'

/** The properties that are read from a request of `node:http` or `node:http2`. */
export interface RequestHeaders {
  readonly method?: string | undefined
  readonly httpVersion?: string | undefined
  readonly headers: IncomingHttpHeaders
  /** Names and values alternately, as they were received. */
  readonly rawHeaders: readonly string[]
}

/** Reads the properties of a request that the decision depends on. */
export function readRequestFields(request: RequestHeaders): RequestFields {
  const { headers } = request
  return {
    method: request.method ?? 'GET',
    httpVersion: request.httpVersion,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
    ifRange: singleValue(headers['if-range']),
    range: singleRange(request),
  }
}

/**
 * `Range` is not a list, so a request with two of them is invalid (RFC 9110 §5.3). Node joins them under
 * HTTP/1 and drops the second under HTTP/2.
 */
function singleRange(request: RequestHeaders): string | undefined {
  const { range } = request.headers
  if (range === undefined) return undefined
  const names = request.rawHeaders.filter(
    (text, index) => index % 2 === 0 && text.toLowerCase() === 'range',
  )
  return names.length > 1 ? undefined : range
}

function singleValue(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? undefined : field
}
