import { readRequestFields } from '../../lib/http/request-fields.js'

test('reads the fields that the decision depends on', () => {
  const headers = {
    'if-match': '"a"',
    'if-none-match': '"b"',
    'if-modified-since': 'c',
    'if-unmodified-since': 'd',
    'if-range': '"e"',
    range: 'bytes=0-1',
  }
  expect(
    readRequestFields({ method: 'HEAD', headers, rawHeaders: ['Range', 'bytes=0-1'] }),
  ).toEqual({
    method: 'HEAD',
    ifMatch: '"a"',
    ifNoneMatch: '"b"',
    ifModifiedSince: 'c',
    ifUnmodifiedSince: 'd',
    ifRange: '"e"',
    range: 'bytes=0-1',
  })
})

test('the HTTP version is that of the request', () => {
  const request = { httpVersion: '1.0', headers: {}, rawHeaders: [] }
  expect(readRequestFields(request).httpVersion).toBe('1.0')
})

test('a request without a method is a GET', () => {
  expect(readRequestFields({ headers: {}, rawHeaders: [] }).method).toBe('GET')
})

test.each([
  ['joined, as under HTTP/1', 'bytes=0-1, bytes=4-5'],
  ['the first only, as under HTTP/2', 'bytes=0-1'],
])('two Range fields are ignored: %s', (_how, range) => {
  const rawHeaders = ['range', 'bytes=0-1', 'Range', 'bytes=4-5']
  expect(readRequestFields({ headers: { range }, rawHeaders }).range).toBeUndefined()
})

test('one Range field with several ranges is used', () => {
  const range = 'bytes=0-1,4-5'
  const rawHeaders = ['Range', range, 'X-Other', 'Range']
  expect(readRequestFields({ headers: { range }, rawHeaders }).range).toBe(range)
})
