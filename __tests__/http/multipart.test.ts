import fc from 'fast-check'
import { contentRange, multipartByteRanges } from '../../lib/http/multipart.js'

test('a Content-Range includes both ends', () => {
  expect(contentRange({ start: 0, end: 4 }, 10)).toBe('bytes 0-4/10')
})

test('every part has its type and range, between delimiters (RFC 9110, section 14.6)', () => {
  const ranges = [
    { start: 8, end: 9 },
    { start: 0, end: 1 },
  ]
  const { segments } = multipartByteRanges(ranges, 'XX', 'text/plain', 10)
  expect(
    segments.map((segment) => (segment instanceof Uint8Array ? String(segment) : segment)),
  ).toEqual([
    '--XX\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n',
    { start: 8, end: 9 },
    '\r\n--XX\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n',
    { start: 0, end: 1 },
    '\r\n--XX--\r\n',
  ])
})

test('the length is the sum of the lengths of all segments, whatever the ranges', () => {
  const range = fc
    .tuple(fc.nat(), fc.nat())
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
  fc.assert(
    fc.property(fc.array(range, { minLength: 2 }), fc.nat(), (ranges, size) => {
      const { segments, length } = multipartByteRanges(ranges, 'b', 'a/b', size)
      const sum = segments.reduce(
        (bytes, segment) =>
          bytes +
          (segment instanceof Uint8Array ? segment.length : segment.end - segment.start + 1),
        0,
      )
      expect(length).toBe(sum)
    }),
  )
})
