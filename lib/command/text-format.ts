const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB']

/** A number of bytes to read, in powers of 1000, such as `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  let value = bytes
  let unit = ''
  for (const next of UNITS) {
    // What would be rounded to 1000 belongs to the next unit.
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** A duration to read, such as `4 ms`, `1.2 s` or `3 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** A date and time of day in UTC, such as `2024-02-29 12:34`. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 16).replace('T', ' ')
}

// Control characters and sequences could change what a terminal shows, and characters that reverse the
// direction of the text could hide it.
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/gu

/** Text of a client for a terminal, with all but printable ASCII escaped. */
export function escapeForTerminal(text: string): string {
  return text.replace(
    NOT_PRINTABLE_ASCII,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character)
}
