import type { Decision } from '../http/decision.js'
import type { Response } from './response.js'

/** Writes the status line and the fields of an answer. */
export function sendHead(res: Response, decision: Decision): void {
  for (const name of decision.strip) {
    if (res.hasHeader(name)) res.removeHeader(name)
  }
  for (const [name, value] of decision.headers) res.setHeader(name, value)
  if (decision.status === 206) forbidTransformation(res)
  res.writeHead(decision.status)
}

/**
 * A range is of the bytes as they are (RFC 9110 §14.2), and so is a digest: a middleware that
 * compresses must leave them alone, and `compression()` asks this field. Who does not put itself in
 * front of `write` is not bothered with it.
 */
export function forbidTransformation(res: Response): void {
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
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.setHeader('Content-Length', '0')
  res.writeHead(status)
  res.end()
}
