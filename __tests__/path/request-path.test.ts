import { parse } from 'node:url'
import fc from 'fast-check'
import { canonicalName } from '../../lib/path/canonical-name.js'
import { requestPath, requestQuery } from '../../lib/path/request-path.js'

test.each([
  ['/', '/', ''],
  ['/a', '/a', ''],
  ['/a?b=/c?d', '/a', '?b=/c?d'],
  ['/a?', '/a', '?'],
  ['/?/../x', '/', '?/../x'],
  ['//host/a', '//host/a', ''],
  ['/http://h/a', '/http://h/a', ''],
  ['/a#b?c', '/a#b', '?c'],
  ['http://h/a?b', '/a', '?b'],
  ['HTTPS://H:8443/a', '/a', ''],
  ['http://h', '/', ''],
  ['http://h?a', '/', '?a'],
  ['http://[::1]:80/a', '/a', ''],
  ['http://192.0.2.1//a', '//a', ''],
  ['*', '*', ''],
  ['', '', ''],
  ['a/b', 'a/b', ''],
])('%j has the path %j and the query %j', (target, path, query) => {
  expect(requestPath(target)).toBe(path)
  expect(requestQuery(target)).toBe(query)
})

// Express would find '/;x/admin' in the first, and so on: middleware of '/admin' is not called.
test.each([
  'http://h;x/admin',
  "http://h'x/admin",
  'http://h%41x/admin',
  'http://h:port/admin',
  'http://h\\x/admin',
  'http://user@h/admin',
  'http://[h]x/admin',
  'http:///admin',
  'http:/admin',
  'javascript://h/admin',
  'file:///admin',
  'ws://h/admin',
  ' http://h/admin',
])('%j is not parsed as an absolute URL, and so is refused', (target) => {
  expect(requestPath(target)).toBe(target)
  expect(canonicalName(requestPath(target), 'linux')).toEqual({ ok: false, reason: 'malformed' })
})

test('every target has the same path as in Express, or is refused', () => {
  const pieces = fc.constantFrom(
    ...['http', 'https', 'javascript', ':', '/', '//', '://', '@', ';', "'", '%41', '\\', '[', ']'],
    ...[
      'h',
      'example.test',
      '::1',
      '80',
      '.',
      '..',
      '?',
      '#',
      '|',
      '^',
      '_',
      '-',
      'admin',
      '*',
      ',',
    ],
  )
  const target = fc.array(pieces, { maxLength: 12 }).map((texts) => texts.join(''))
  const absolute = target.map((text) => `http://h${text}/admin/x`)
  const other = target.map((text) => `${text}/admin/x`)
  fc.assert(
    fc.property(fc.oneof(absolute, other), (text) => {
      const path = requestPath(text)
      fc.pre(path !== '' && !text.startsWith('/') && canonicalName(path, 'linux').ok)
      // Its parser encodes some of the characters that have two spellings anyway.
      expect(decodeURIComponent(parse(text).pathname ?? '')).toBe(decodeURIComponent(path))
    }),
    { numRuns: 2000, examples: [['http://h;x/admin/x'], ['http://h:x/admin/x']] },
  )
})
