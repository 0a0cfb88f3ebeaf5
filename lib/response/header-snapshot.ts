import type { ResponseLike } from './response-like.js'

/**
 * Remembers the status and the headers of a response. Every response pays for it, so nothing is
 * computed here that can be computed when they are put back.
 *
 * @returns puts them back as they are now, for a response whose headers are not sent yet
 */
export function snapshotHeaders(res: ResponseLike): () => void {
  const { statusCode } = res
  const values = res.getHeaders()
  for (const name in values) {
    const value = values[name]
    // `appendHeader` adds to the list where it is.
    if (Array.isArray(value)) values[name] = [...value]
  }
  // A response of HTTP/2 has names in lower case only.
  const names = res.getRawHeaderNames?.() ?? res.getHeaderNames()
  return () => {
    res.statusCode = statusCode
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    for (const name of names) {
      const value = values[name.toLowerCase()]
      if (value !== undefined) res.setHeader(name, value)
    }
  }
}
