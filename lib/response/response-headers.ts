import { type Decision, mayHaveBody } from '../http/decision.js'
import { NO_TRANSFORM } from '../http/reencoding.js'
import { hasNativeWrite } from './native-write.js'
import { isChunkedByDefault, type ResponseLike } from './response-like.js'

/**
 * Writes the status line and the fields of an answer.
 *
 * @param verbatim whether the body may not be transformed on its way, whatever was decided
 */
export function sendHeaders(res: ResponseLike, decision: Decision, verbatim = false): void {
  for (const name of decision.remove) {
    if (res.hasHeader(name)) removeHeader(res, name, decision)
  }
  for (const [name, value] of decision.headers) res.setHeader(name, value)
  if (verbatim || decision.noTransform) forbidTransformation(res)
  res.writeHead(decision.status)
}

/**
 * Takes off a field that the application has set for another body than the one that is sent. But
 * node gives no chunks to a body whose `Transfer-Encoding` was taken off, and then nothing tells half
 * of it from the whole: where node would chunk, the field says just that.
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
 * A range is of the bytes as they are (RFC 9110 §14.2), and so is a digest: a middleware that
 * compresses must leave them alone, and `compression()` asks this field. Who does not put itself in
 * front of `write` is not bothered with it.
 */
function forbidTransformation(res: ResponseLike): void {
  if (hasNativeWrite(res)) return
  const policy = res.getHeader('Cache-Control')
  if (NO_TRANSFORM.test(String(policy ?? ''))) return
  res.setHeader('Cache-Control', policy === undefined ? 'no-transform' : `${policy}, no-transform`)
}

/** The headers of a response without a body. */
export type HeaderList = Iterable<readonly [name: string, value: string | readonly string[]]>

/** Sends a status and headers without a body, framed as Node must see it. */
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
  // Node refuses to announce trailers of a body that has a length.
  for (const name of ['Transfer-Encoding', 'Trailer']) res.removeHeader(name)
  res.setHeader('Content-Length', '0')
  res.writeHead(status)
}
