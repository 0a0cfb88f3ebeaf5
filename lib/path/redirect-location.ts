import { requestPath, requestQuery } from './request-path.js'

// What a browser or a proxy might read as something else than itself in a Location field.
const NOT_IN_A_URI = /[^\x21-\x7e]|["<>\\^`{|}]/gu

/**
 * Where a directory asked for without its slash is found: the same path with one slash behind it,
 * the query kept.
 */
export function redirectLocation(originalTarget: string): string {
  return locationOf(`${requestPath(originalTarget)}/`, originalTarget)
}

/**
 * Where a path below a mount point is found in its canonical spelling, the query kept. There is no
 * such place if the client did not send the path, because the application has rewritten the target:
 * such a redirect could lead back to itself.
 */
export function canonicalLocation(
  originalTarget: string,
  path: string,
  canonicalPath: string,
): string | undefined {
  const sent = requestPath(originalTarget)
  if (!sent.endsWith(path)) return undefined
  const mount = sent.slice(0, sent.length - path.length)
  return locationOf(`${mount}${canonicalPath}`, originalTarget)
}

/**
 * The path begins with exactly one slash, whatever the request-target began with, so that it never
 * names another host (CVE-2021-22964, CVE-2024-43799).
 */
function locationOf(path: string, originalTarget: string): string {
  const location = `${path.replace(/^[/\\]*/, '/')}${requestQuery(originalTarget)}`
  return location.replace(NOT_IN_A_URI, percentEncoded)
}

/** Node reads the bytes of a request-target as Latin-1; an application may have put in any text. */
function percentEncoded(character: string): string {
  const code = character.charCodeAt(0)
  if (code > 255) return encodeURIComponent(character)
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
