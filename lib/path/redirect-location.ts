import { requestPath, requestQuery } from './request-path.js'

// What a browser or a proxy might read as something else than itself in a Location field.
const NOT_IN_A_URI = /[^\x21-\x7e]|["<>\\^`{|}]/gu

/**
 * Where a directory asked for without its slash is found: the same path with one slash behind it,
 * the query kept. The path begins with exactly one slash, whatever the request-target began with,
 * so that it never names another host (CVE-2021-22964, CVE-2024-43799).
 */
export function redirectLocation(originalTarget: string): string {
  const path = requestPath(originalTarget).replace(/^[/\\]*/, '/')
  return `${path}/${requestQuery(originalTarget)}`.replace(NOT_IN_A_URI, percentEncoded)
}

/** Node reads the bytes of a request-target as Latin-1; an application may have put in any text. */
function percentEncoded(character: string): string {
  const code = character.charCodeAt(0)
  if (code > 255) return encodeURIComponent(character)
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
