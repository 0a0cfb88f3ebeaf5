import { canonicalLocation, redirectLocation } from '../../lib/path/redirect-location.js'

test.each([
  ['/directory', '/directory/'],
  ['/a/b?c=d&e', '/a/b/?c=d&e'],
  ['/a?', '/a/?'],
  ['/a?next=//evil.test', '/a/?next=//evil.test'],
  ['/caf%C3%A9', '/caf%C3%A9/'],
  // Not to another host, whatever the target begins with (CVE-2021-22964)
  ['//evil.test', '/evil.test/'],
  ['///evil.test/..', '/evil.test/../'],
  ['/\\evil.test', '/evil.test/'],
  ['\\\\evil.test', '/evil.test/'],
  ['//evil.test?a', '/evil.test/?a'],
  ['http://evil.test/directory', '/directory/'],
  ['http://evil.test//directory', '/directory/'],
  ['http:\\\\evil.test', '/http:%5C%5Cevil.test/'],
  ['evil.test', '/evil.test/'],
  // Nothing that HTML or a header could take for its own (CVE-2024-43799)
  ['/a?<script>"', '/a/?%3Cscript%3E%22'],
  ['/a?\r\nX: y', '/a/?%0D%0AX:%20y'],
  ['/a?\xc3\xa9', '/a/?%C3%A9'],
  ['/a?\u20ac', '/a/?%E2%82%AC'],
  ['/a|b?c^d', '/a%7Cb/?c%5Ed'],
])('%j is redirected to %j', (target, location) => {
  expect(redirectLocation(target)).toBe(location)
})

test.each([
  ['/%c3%a9', '/%c3%a9', '/%C3%A9'],
  ['/%c3%a9?q=%c3%a9', '/%c3%a9', '/%C3%A9?q=%c3%a9'],
  ['/mount/%c3%a9?a', '/%c3%a9', '/mount/%C3%A9?a'],
  // The spelling of the mount point is the application's
  ['/%c3%bc/%c3%a9', '/%c3%a9', '/%c3%bc/%C3%A9'],
  ['http://evil.test/%c3%a9', '/%c3%a9', '/%C3%A9'],
  ['//evil.test/%c3%a9', '/%c3%a9', '/evil.test/%C3%A9'],
  ['/\\evil.test/%c3%a9', '/%c3%a9', '/evil.test/%C3%A9'],
  ['/%c3%a9?<script>"', '/%c3%a9', '/%C3%A9?%3Cscript%3E%22'],
  // What the client did not send it cannot be sent to
  ['/rewritten', '/%c3%a9', undefined],
  ['/%C3%A9', '/%c3%a9', undefined],
])('%j with the path %j is redirected to %j', (target, path, location) => {
  expect(canonicalLocation(target, path, '/%C3%A9')).toBe(location)
})
