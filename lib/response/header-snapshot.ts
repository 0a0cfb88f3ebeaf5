import type { ResponseLike } from './response-like.js'

/**
 * Takes a snapshot of the status and headers of a response. Every response pays for it, so everything
 * that can be computed on restoring is computed there.
 *
 * @returns a function that restores them, for a response whose headers are not sent yet
 */
export function snapshotHeaders(res: ResponseLike): () => void {
  const { statusCode } = res
  const values = res.getHeaders()
  for (const name in values) {
    const value = values[name]
    // `appendHeader` modifies the list in place.
    if (Array.isArray(value)) values[name] = [...value]
  }
  // An HTTP/2 response has names in lower case only.
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
