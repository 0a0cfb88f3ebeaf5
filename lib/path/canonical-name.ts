import { type PathVerdict, refuse } from './refusal.js'
import { isServableOnWindows } from './windows-name.js'

// What may stand in a path unencoded: RFC 3986 pchar and '/', and the four characters outside it
// that browsers send as they are (WHATWG URL: not in the path percent-encode set).
const RAW_PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]|^]*$/

const BROKEN_ENCODING = /%(?![0-9A-Fa-f]{2})/

// RFC 3986 §6.2.2: hex digits in upper case, unreserved characters never encoded.
const LOWER_CASE_HEX = /%(?:[a-f]|.[a-f])/
const ENCODED_BYTE = /%[0-9A-Fa-f]{2}/g
const ENCODED_UNRESERVED = /%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/i

// Express splits routes at '/' only, some platforms split files at '\' too.
const ENCODED_SLASH_OR_BACKSLASH = /%(?:2F|5C)/i

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL_CHARACTER = /[\x00-\x1f\x7f]/
const ABOVE_ROOT = /(?:^|[/\\])\.\.(?:[/\\]|$)/
const EMPTY_OR_DOT_SEGMENT = /\/\.?(?=\/)|\/\.$/

/**
 * Reads the raw path of a request as the name of a file below the root, if and only if it is spelled
 * in its one canonical way.
 *
 * Express matches routes on the raw path and a file server decodes it: every second spelling of a
 * name is a way past a guard such as `app.use('/admin', deny)`. With one spelling there is none.
 *
 * Hex digits in lower case are told apart, if nothing else is wrong: many exported sites link to
 * themselves like that, so such a path may be redirected to its canonical spelling.
 */
export function canonicalName(path: string, platform: NodeJS.Platform): PathVerdict {
  if (!path.startsWith('/') && path !== '') return refuse('malformed')
  const encoded = path.includes('%')
  const decoded = encoded ? decodeOnce(path) : path
  if (decoded === undefined || CONTROL_CHARACTER.test(decoded)) return refuse('malformed')
  if (ABOVE_ROOT.test(decoded)) return refuse('above-root')
  if (decoded.includes('\\')) return refuse('not-canonical')
  if (!RAW_PATH.test(path)) return refuse('malformed')
  if (encoded && !encodesWhatMustBe(path)) return refuse('not-canonical')
  if (EMPTY_OR_DOT_SEGMENT.test(decoded)) return refuse('not-canonical')

  const trailingSlash = path.endsWith('/')
  const name = decoded.slice(1, trailingSlash && decoded.length > 1 ? -1 : undefined)
  if (platform === 'win32' && !isServableOnWindows(name)) return refuse('unservable')
  if (!encoded || !LOWER_CASE_HEX.test(path)) return { ok: true, name, trailingSlash }
  const canonicalPath = path.replace(ENCODED_BYTE, (byte) => byte.toUpperCase())
  return { ok: false, reason: 'lower-case-encoding', name, trailingSlash, canonicalPath }
}

function decodeOnce(path: string): string | undefined {
  if (BROKEN_ENCODING.test(path)) return undefined
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function encodesWhatMustBe(path: string): boolean {
  return !ENCODED_UNRESERVED.test(path) && !ENCODED_SLASH_OR_BACKSLASH.test(path)
}
