import {
  escapeForTerminal,
  escapeHtml,
  formatBytes,
  formatDuration,
  formatTime,
} from '../../lib/command/text-format.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1234, '1.2 kB'],
  [9_949, '9.9 kB'],
  [9_950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [10_080_000, '10 MB'],
  [5e9, '5.0 GB'],
  [7e12, '7.0 TB'],
  [2 ** 53, '9.0 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0.2, '0 ms'],
  [999, '999 ms'],
  [999.5, '1.0 s'],
  [1234, '1.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [185_000, '3 min 5 s'],
  [7_200_000, '120 min 0 s'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

test('a time is in UTC, and empty if a file system has an impossible one', () => {
  expect(formatTime(Date.UTC(2024, 1, 29, 12, 34, 56))).toBe('2024-02-29 12:34')
  expect(formatTime(9e15)).toBe('')
})

test('nothing but printable ASCII reaches a terminal', () => {
  expect(escapeForTerminal('/a b~')).toBe('/a b~')
  expect(escapeForTerminal('/\x1b[31m\n\x9b\u202e😀')).toBe(
    '/\\u{1b}[31m\\u{a}\\u{9b}\\u{202e}\\u{1f600}',
  )
})

test('text for HTML has no character that ends an element or an attribute', () => {
  expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  )
})
