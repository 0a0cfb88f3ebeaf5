import { ServerResponse } from 'node:http'
import type { ResponseLike } from './response-like.js'

type HeaderValue = ReturnType<ResponseLike['getHeader']>

/**
 * Takes a snapshot of the status and headers of a response. Every response pays for it, so everything
 * that can be computed on restoring is computed there.
 *
 * @returns a function that restores them, for a response whose headers are not sent yet
 */
export function snapshotHeaders(res: ResponseLike): () => void {
  const { statusCode } = res
  // An HTTP/2 response has names in lower case only.
  const names = res.getRawHeaderNames?.() ?? res.getHeaderNames()
  const values = names.map((name) => copyOf(res.getHeader(name)))
  return () => {
    res.statusCode = statusCode
    // That of the status that was not sent; Node sends the standard one instead of none.
    if (res instanceof ServerResponse) res.statusMessage = ''
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    for (const [place, name] of names.entries()) {
      const value = values[place]
      if (value !== undefined) res.setHeader(name, value)
    }
  }
}

/** `appendHeader` modifies a list in place. */
function copyOf(value: HeaderValue): HeaderValue {
  return Array.isArray(value) ? [...value] : value
}
