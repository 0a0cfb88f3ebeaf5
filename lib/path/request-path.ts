// RFC 9112 §3.2.2: a server must accept the absolute form, although only proxies are sent it. Express
// finds its path with the parser of `node:url`, which ends a host at the first character it does not
// know and counts the rest to the path: to it 'http://h;x/admin' is '/;x/admin', past every guard of
// '/admin'. So only a host that all parsers read alike is taken off, and no userinfo.
const SCHEME_AND_AUTHORITY = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?(?=\/|$)/i

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
