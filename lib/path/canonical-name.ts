import { hasParentSegment } from './confined-name.js'
import { type PathVerdict, refuse } from './refusal.js'
import { isServableOnWindows } from './windows-name.js'

// The characters that may occur unencoded: RFC 3986 pchar and '/', and the four other characters that
// browsers do not encode (WHATWG URL: not in the path percent-encode set).
const RAW_PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]|^]*$/

const MALFORMED_ENCODING = /%(?![0-9A-Fa-f]{2})/

// RFC 3986 §6.2.2: hex digits in upper case, unreserved characters never encoded.
const LOWER_CASE_HEX = /%(?:[a-f]|.[a-f])/
const ENCODED_BYTE = /%[0-9A-Fa-f]{2}/g
const ENCODED_UNRESERVED = /%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/i

// Express separates segments at '/' only, but Windows separates them at '\' too.
const ENCODED_SLASH_OR_BACKSLASH = /%(?:2F|5C)/i

// biome-ignore lint/suspicious/noControlCharactersInRegex: matching them is the purpose
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/
const EMPTY_OR_DOT_SEGMENT = /\/\.?(?=\/)|\/\.$/

/**
 * Converts the raw path of a request to the name of a file below the root, but only if the path has its
 * one canonical spelling.
 *
 * Express matches routes on the raw path, and a file server decodes it. So any other spelling of a name
 * bypasses access-control middleware such as `app.use('/admin', deny)`.
 *
 * Percent-encoding with lower-case hex digits has a reason of its own, because many exported sites contain
 * such links. The path may then be redirected to its canonical spelling.
 */
export function canonicalName(path: string, platform: NodeJS.Platform): PathVerdict {
  if (!path.startsWith('/') && path !== '') return refuse('malformed')
  const encoded = path.includes('%')
  const decoded = encoded ? decodeOnce(path) : path
  if (decoded === undefined || CONTROL_CHARACTER.test(decoded)) return refuse('malformed')
  if (hasParentSegment(decoded)) return refuse('above-root')
  if (decoded.includes('\\')) return refuse('not-canonical')
  if (!RAW_PATH.test(path)) return refuse('malformed')
  if (encoded && !isMinimallyEncoded(path)) return refuse('not-canonical')
  if (EMPTY_OR_DOT_SEGMENT.test(decoded)) return refuse('not-canonical')

  const trailingSlash = path.endsWith('/')
  const name = decoded.slice(1, trailingSlash && decoded.length > 1 ? -1 : undefined)
  if (platform === 'win32' && !isServableOnWindows(name)) return refuse('unservable')
  if (!encoded || !LOWER_CASE_HEX.test(path)) return { ok: true, name, trailingSlash }
  const canonicalPath = path.replace(ENCODED_BYTE, (byte) => byte.toUpperCase())
  return { ok: false, reason: 'lower-case-encoding', name, trailingSlash, canonicalPath }
}

function decodeOnce(path: string): string | undefined {
  if (MALFORMED_ENCODING.test(path)) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function isMinimallyEncoded(path: string): boolean {
  return !ENCODED_UNRESERVED.test(path) && !ENCODED_SLASH_OR_BACKSLASH.test(path)
}
