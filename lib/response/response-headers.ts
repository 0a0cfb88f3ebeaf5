import { type Decision, mayHaveBody } from '../http/decision.js'
import { NO_TRANSFORM } from '../http/reencoding.js'
import { hasNativeWrite } from './native-write.js'
import { isChunkedByDefault, type ResponseLike } from './response-like.js'

/**
 * Sends the status line and headers of a response.
 *
 * @param verbatim whether no middleware may transform the body, whatever was decided
 */
export function sendHeaders(res: ResponseLike, decision: Decision, verbatim = false): void {
  for (const name of decision.remove) {
    if (res.getHeader(name) !== undefined) removeHeader(res, name, decision)
  }
  for (const [name, value] of decision.headers) res.setHeader(name, value)
  if (verbatim || decision.noTransform) forbidTransformation(res)
  res.writeHead(decision.status)
}

/**
 * Removes a header that the application has set for a body that is not sent. After `Transfer-Encoding`
 * was removed, Node does not chunk the body, and then a client cannot tell a truncated body from a
 * complete one. So where Node would chunk, the header is set to `chunked` instead.
 */
function removeHeader(res: ResponseLike, name: string, { headers, status }: Decision): void {
  const hasLength = headers.some(([other]) => other === 'Content-Length')
  if (
    name === 'Transfer-Encoding' &&
    isChunkedByDefault(res) &&
    !hasLength &&
    mayHaveBody('GET', status)
  ) {
    res.setHeader(name, 'chunked')
  } else {
    res.removeHeader(name)
  }
}

/**
 * Ranges (RFC 9110 §14.2) and digests are of the bytes as they are, so a middleware must not compress
 * them. `compression()` respects `no-transform`. If no middleware replaced `write`, the header is not
 * needed.
 */
function forbidTransformation(res: ResponseLike): void {
  if (hasNativeWrite(res)) return
  const policy = res.getHeader('Cache-Control')
  if (NO_TRANSFORM.test(String(policy ?? ''))) return
  res.setHeader('Cache-Control', policy === undefined ? 'no-transform' : `${policy}, no-transform`)
}

/** The headers of a response without a body. */
export type HeaderList = Iterable<readonly [name: string, value: string | readonly string[]]>

/** Sends a response without a body, with the framing headers that Node accepts. */
export function sendEmptyResponse(
  res: ResponseLike,
  status: number,
  headers: HeaderList = [],
): undefined {
  sendEmptyHeaders(res, status, headers)
  res.end()
}

/** Sends the headers of a response that has no content. */
export function sendEmptyHeaders(res: ResponseLike, status: number, headers: HeaderList): void {
  for (const [name, value] of headers) res.setHeader(name, value)
  // Node throws if trailers are announced for a body that has a length. Only what is set is removed: Node chunks no
  // body after `Transfer-Encoding` was removed, and a middleware may replace this one.
  for (const name of ['Transfer-Encoding', 'Trailer']) {
    if (res.hasHeader(name)) res.removeHeader(name)
  }
  res.setHeader('Content-Length', '0')
  res.writeHead(status)
}
