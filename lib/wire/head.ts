import { type Decision, mayHaveBody } from '../http/decision.js'
import { chunksByDefault, type Response } from './response.js'

/**
 * Writes the status line and the fields of an answer.
 *
 * @param verbatim whether the body may not be transformed on its way; a range never may
 */
export function sendHead(res: Response, decision: Decision, verbatim = false): void {
  for (const name of decision.strip) {
    if (res.hasHeader(name)) strip(res, name, decision)
  }
  for (const [name, value] of decision.headers) res.setHeader(name, value)
  if (verbatim || decision.status === 206) forbidTransformation(res)
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
  if (!Object.hasOwn(res, 'write')) return
  const policy = res.getHeader('Cache-Control')
  res.setHeader('Cache-Control', policy === undefined ? 'no-transform' : `${policy}, no-transform`)
}

/** Answers with a status and nothing but it. */
export function sendBareStatus(
  res: Response,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): undefined {
  sendBareHead(res, status, headers)
  res.end()
}

/** Sends the headers of a response that has no content. */
export function sendBareHead(
  res: Response,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.setHeader('Content-Length', '0')
  res.writeHead(status)
}
