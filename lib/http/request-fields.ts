import type { IncomingHttpHeaders } from 'node:http'
import type { RequestFields } from './representation.js'

/** A request of `node:http` or `node:http2`, as far as the decision needs it. */
export interface RequestHeaders {
  readonly method?: string | undefined
  readonly httpVersion?: string | undefined
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
}

/** The fields of a request that bear on the decision. */
export function readRequestFields(request: RequestHeaders): RequestFields {
  const { headers } = request
  return {
    method: request.method ?? 'GET',
    httpVersion: request.httpVersion,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
    ifRange: asSingle(headers['if-range']),
    range: onlyRange(request),
  }
}

/**
 * `Range` is no list, so two of them mean nothing (RFC 9110 §5.3). Node joins them under HTTP/1 and
 * drops the second under HTTP/2.
 */
function onlyRange({ headers, rawHeaders }: RequestHeaders): string | undefined {
  const { range } = headers
  if (range === undefined) return undefined
  const names = rawHeaders.filter(
    (text, place) => place % 2 === 0 && text.toLowerCase() === 'range',
  )
  return names.length > 1 ? undefined : range
}

function asSingle(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? undefined : field
}
