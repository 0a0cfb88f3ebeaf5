import {
  cacheControlField,
  fingerprintedCacheControl,
  toCacheControl,
} from '../../lib/http/cache-control.js'

const DEFAULT = { cacheControl: true, immutable: false, maxAge: 0 }

test.each([
  [{}, 'public, max-age=0'],
  [{ maxAge: 86_400_000 }, 'public, max-age=86400'],
  [{ maxAge: 1999 }, 'public, max-age=1'],
  [{ immutable: true }, 'public, max-age=0, immutable'],
  [{ maxAge: 1000, immutable: true }, 'public, max-age=1, immutable'],
  [{ cacheControl: false, maxAge: 1000, immutable: true }, undefined],
])('%j gives %s', (settings, field) => {
  expect(cacheControlField({ ...DEFAULT, ...settings })).toBe(field)
})

test.each([
  ['index-BfD3kZ2q.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ['index.html', 'text/html; charset=utf-8', 'no-cache'],
  ['page.xhtml', 'application/xhtml+xml', 'no-cache'],
  // The media type decides, as `types` may change it.
  ['index-BfD3kZ2q.js', 'text/html', 'no-cache'],
  ['robots.txt', 'text/plain; charset=utf-8', 'of the options'],
])('the preset gives %s, of the type %s, %j', (path, type, field) => {
  expect(fingerprintedCacheControl(path, type, 'of the options')).toBe(field)
})

test.each([
  ['no-store', 'no-store'],
  ['', undefined],
  [undefined, undefined],
  [null, undefined],
])('a function that returns %j sets %j', (value, field) => {
  expect(toCacheControl(value)).toBe(field)
})

test('a function that returns anything else is a TypeError', () => {
  expect(() => toCacheControl(60)).toThrow('The "cacheControl" function must return a string')
})
