import { validateHeaderValue } from 'node:http'
import { parse } from 'content-disposition'
import fc from 'fast-check'
import { attachmentDisposition } from '../../lib/http/content-disposition.js'

test.each([
  ['a plain name', 'report.csv', 'attachment; filename=report.csv'],
  ['spaces', 'my report.csv', 'attachment; filename="my report.csv"'],
  ['quotes and backslashes', 'a"b\\c.txt', 'attachment; filename="a\\"b\\\\c.txt"'],
  ['a directory, which is left out', '/data/2024/report.csv', 'attachment; filename=report.csv'],
  [
    'accents',
    'résumé.pdf',
    'attachment; filename="r?sum?.pdf"; filename*=UTF-8\'\'r%C3%A9sum%C3%A9.pdf',
  ],
  [
    'another script',
    '報告.pdf',
    'attachment; filename="??.pdf"; filename*=UTF-8\'\'%E5%A0%B1%E5%91%8A.pdf',
  ],
  [
    'what looks encoded',
    '50%20.txt',
    "attachment; filename=50%20.txt; filename*=UTF-8''50%2520.txt",
  ],
  ['missing', '', 'attachment'],
  ['a slash only', '/', 'attachment'],
])('%s', (_what, name, field) => {
  expect(attachmentDisposition(name)).toBe(field)
})

test('without a name the field is just an attachment', () => {
  expect(attachmentDisposition(undefined)).toBe('attachment')
})

test.each([
  ['half a character', 'a\ud800b.txt', 'a\ufffdb.txt'],
  ['an emoji', '🎉.txt', '🎉.txt'],
  ['a line break', 'a\r\nSet-Cookie: b=c', 'a\r\nSet-Cookie: b=c'],
  ['a NUL', 'a\0b', 'a\0b'],
  ['apostrophes and asterisks', "it's*.txt", "it's*.txt"],
])('%s arrives as a usable name', (_what, name, arrives) => {
  expect(parse(attachmentDisposition(name)).parameters.filename).toBe(arrives)
})

test('any string makes one valid field, from which a client can parse the name', () => {
  const anyText = fc.string({
    unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
  })
  const nasty = fc.string({
    unit: fc.constantFrom('"', '\\', '\r', '\n', '%', '2', '*', "'", ';', '='),
  })
  fc.assert(
    fc.property(fc.oneof(anyText, nasty), (name) => {
      const field = attachmentDisposition(name)
      expect(field).toMatch(/^[\x20-\x7e]*$/)
      validateHeaderValue('Content-Disposition', field)
      const base = name.replace(/\/+$/, '').split('/').at(-1) ?? ''
      expect(parse(field).parameters.filename ?? '').toBe(base.replace(/\p{Surrogate}/gu, '\ufffd'))
    }),
    { numRuns: 500 },
  )
})
