import { requestPath, requestQuery } from './request-path.js'

// Characters that a browser or a proxy may interpret differently in a Location field.
const NOT_IN_A_URI = /[^\x21-\x7e]|["<>\\^`{|}]/gu

/**
 * The redirect target for a directory that was requested without a trailing slash: the same path with a
 * slash appended, and the same query.
 */
export function redirectLocation(originalTarget: string): string {
  return toLocation(`${requestPath(originalTarget)}/`, originalTarget)
}

/**
 * The redirect target for a path below a mount point: its canonical spelling, with the same query. It is
 * `undefined` if the application has rewritten the URL so that the client did not send this path. Such a
 * redirect could be a loop.
 */
export function canonicalLocation(
  originalTarget: string,
  path: string,
  canonicalPath: string,
): string | undefined {
  const sentPath = requestPath(originalTarget)
  if (!sentPath.endsWith(path)) return undefined
  const mount = sentPath.slice(0, sentPath.length - path.length)
  return toLocation(`${mount}${canonicalPath}`, originalTarget)
}

/**
 * The result starts with exactly one slash, whatever the request-target starts with, so that it never
 * refers to another host (CVE-2021-22964, CVE-2024-43799).
 */
function toLocation(path: string, originalTarget: string): string {
  const location = `${path.replace(/^[/\\]*/, '/')}${requestQuery(originalTarget)}`
  return location.replace(NOT_IN_A_URI, percentEncode)
}

/** Node decodes a request-target as Latin-1. If an application has rewritten it, it may contain any text. */
function percentEncode(character: string): string {
  const code = character.charCodeAt(0)
  if (code > 255) return encodeURIComponent(character)
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
