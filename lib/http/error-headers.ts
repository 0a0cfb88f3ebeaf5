import { validateHeaderName, validateHeaderValue } from 'node:http'

type Field = readonly [name: string, value: string | string[]]

// Framing belongs to the response and not to the error, and connection-specific headers are an error
// in HTTP/2 (RFC 9113 §8.2.2).
const NOT_OF_AN_ERROR = [
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

/** The `headers` of an error, as far as they can be sent: an application may put anything there. */
export function errorHeaders(headers: unknown): readonly Field[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).flatMap(([name, value]) => fieldOf(name, value))
}

function fieldOf(name: string, value: unknown): Field[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  const lines = values.filter(isFieldValue).map((line) => String(line).trim())
  if (lines.length === 0 || lines.length < values.length || !isSendable(name, lines)) return []
  // RFC 9110 §5.3: the lines of one name are one list, except those of Set-Cookie.
  return [[name, name.toLowerCase() === 'set-cookie' ? lines : lines.join(', ')]]
}

function isFieldValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function isSendable(name: string, lines: readonly string[]): boolean {
  if (NOT_OF_AN_ERROR.includes(name.toLowerCase())) return false
  try {
    validateHeaderName(name)
    for (const line of lines) validateHeaderValue(name, line)
    return true
  } catch {
    return false
  }
}
