import { type Decision, mayHaveBody } from '../http/decision.js'
import { NO_TRANSFORM } from '../http/reencoding.js'
import { hasNativeWrite } from './native-write.js'
import { chunksByDefault, type Response } from './response.js'

/**
 * Writes the status line and the fields of an answer.
 *
 * @param verbatim whether the body may not be transformed on its way, whatever was decided
 */
export function sendHead(res: Response, decision: Decision, verbatim = false): void {
  for (const name of decision.strip) {
    if (res.hasHeader(name)) strip(res, name, decision)
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
function strip(res: Response, name: string, { headers, status }: Decision): void {
  const hasLength = headers.some(([other]) => other === 'Content-Length')
  if (
    name === 'Transfer-Encoding' &&
    chunksByDefault(res) &&
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
function forbidTransformation(res: Response): void {
  if (hasNativeWrite(res)) return
  const policy = res.getHeader('Cache-Control')
  if (NO_TRANSFORM.test(String(policy ?? ''))) return
  res.setHeader('Cache-Control', policy === undefined ? 'no-transform' : `${policy}, no-transform`)
}

/** The headers of a response without a body. */
export type BareHeaders = Iterable<readonly [name: string, value: string | readonly string[]]>

/** Sends a status and headers without a body, framed as Node must see it. */
export function sendBareStatus(
  res: Response,
  status: number,
  headers: BareHeaders = [],
): undefined {
  sendBareHead(res, status, headers)
  res.end()
}

/** Sends the headers of a response that has no content. */
export function sendBareHead(res: Response, status: number, headers: BareHeaders): void {
  for (const [name, value] of headers) res.setHeader(name, value)
  // Node refuses to announce trailers of a body that has a length.
  for (const name of ['Transfer-Encoding', 'Trailer']) res.removeHeader(name)
  res.setHeader('Content-Length', '0')
  res.writeHead(status)
}
