// RFC 9112 §3.2.2: a server must accept the absolute form, although clients send it to proxies only.
// Express parses it with `node:url`, which ends the host at the first character that is invalid in a host.
// It takes the path of 'http://h;x/admin' to be '/;x/admin', which no middleware for '/admin' matches. So
// only a host that all parsers treat alike is removed, and one with userinfo is not.
const SCHEME_AND_AUTHORITY = /^https?:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?(?=\/|$)/i

/**
 * The raw path of a request-target, without query, scheme and authority. Nothing is decoded. Everything
 * else in the target stays in the path, and is validated there.
 */
export function requestPath(target: string): string {
  const queryStart = target.indexOf('?')
  const path = queryStart === -1 ? target : target.slice(0, queryStart)
  if (path.startsWith('/')) return path
  const origin = SCHEME_AND_AUTHORITY.exec(path)
  return origin === null ? path : path.slice(origin[0].length) || '/'
}

/** The query of a request-target, including the question mark, or the empty string. */
export function requestQuery(target: string): string {
  const queryStart = target.indexOf('?')
  return queryStart === -1 ? '' : target.slice(queryStart)
}
