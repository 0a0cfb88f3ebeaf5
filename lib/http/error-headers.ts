import { validateHeaderName, validateHeaderValue } from 'node:http'

type Field = readonly [name: string, value: string | string[]]

// An error must not change the framing of the response, and connection-specific headers are forbidden in
// HTTP/2 (RFC 9113 §8.2.2).
const IGNORED_HEADERS = [
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** The valid entries of an error's `headers` property, which an application may set to anything. */
export function errorHeaders(headers: unknown): readonly Field[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).flatMap(([name, value]) => toField(name, value))
}

function toField(name: string, value: unknown): Field[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  const lines = values.filter(isFieldValue).map((line) => String(line).trim())
  if (lines.length === 0 || lines.length < values.length || !isSendable(name, lines)) return []
  // RFC 9110 §5.3: field lines with the same name can be combined, except Set-Cookie.
  return [[name, name.toLowerCase() === 'set-cookie' ? lines : lines.join(', ')]]
}

function isFieldValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function isSendable(name: string, lines: readonly string[]): boolean {
  if (IGNORED_HEADERS.includes(name.toLowerCase())) return false
  try {
    validateHeaderName(name)
    for (const line of lines) validateHeaderValue(name, line)
    return true
  } catch {
    return false
  }
}
