import { accelRedirect, isUnambiguousPath, xSendfile } from '../../lib/http/offload.js'

const nginx = accelRedirect('/srv/files', '/_files/')

test.each([
  ['/srv/files/a.txt', '/_files/a.txt'],
  ['/srv/files/a/b.txt', '/_files/a/b.txt'],
  ['/srv/files/a b.txt', '/_files/a%20b.txt'],
  ['/srv/files/100%.txt', '/_files/100%25.txt'],
  ['/srv/files/%2e%2e%2fx', '/_files/%252e%252e%252fx'],
  ['/srv/files/ü?#.txt', '/_files/%C3%BC%3F%23.txt'],
  ['/srv/files/back\\slash', '/_files/back%5Cslash'],
  ['/srv/files/line\nfeed', '/_files/line%0Afeed'],
  ['/srv/files/..two dots', '/_files/..two%20dots'],
])('X-Accel-Redirect for %j is %j', (path, value) => {
  expect(nginx.value(path)).toBe(value)
})

test('X-Accel-Redirect encodes its prefix', () => {
  expect(accelRedirect('/', '/geschützt 1/').value('/a.txt')).toBe('/gesch%C3%BCtzt%201/a.txt')
})

test.each([
  ['/srv/files/a b.txt', '/srv/files/a b.txt'],
  ['/srv/files/100%.txt', '/srv/files/100%25.txt'],
  ['/srv/files/%2e%2e%2fx', '/srv/files/%252e%252e%252fx'],
  ['/srv/files/line\nfeed', '/srv/files/line%0Afeed'],
])('X-Sendfile for %j is %j', (path, value) => {
  expect(xSendfile.value(path)).toBe(value)
})

test('X-Sendfile has the bytes of the path, as UTF-8', () => {
  expect(Buffer.from(xSendfile.value('/srv/ü 日.txt'), 'latin1').toString()).toBe('/srv/ü 日.txt')
})

test.each([
  ['/srv/files/a b.txt', true],
  ['/srv/files/ü.txt', true],
  ['/srv/files/trailing space ', false],
  ['/srv/files/\uFFFD.txt', false],
])('whether a header can name %j: %p', (path, expected) => {
  expect(isUnambiguousPath(path)).toBe(expected)
})
