// RFC 9112 §3.2.2: a server must accept the absolute form, although only proxies are sent it.
const SCHEME_AND_AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i

/**
 * The raw path of a request-target: no query, no scheme and authority, nothing decoded. Whatever
 * else the target holds stays in the path, to be judged there.
 */
export function requestPath(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  if (path.startsWith('/')) return path
  const prefix = SCHEME_AND_AUTHORITY.exec(path)
  return prefix === null ? path : path.slice(prefix[0].length) || '/'
}

/** The query of a request-target with its question mark, or the empty string. */
export function requestQuery(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? '' : target.slice(query)
}
