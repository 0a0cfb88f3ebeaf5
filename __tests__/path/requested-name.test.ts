import { requestedName, requestTarget } from '../../lib/path/requested-name.js'

const POLICY = { dotfiles: 'ignore', redirect: true } as const

test.each([
  [{ url: '/a.txt' }, { ok: true, name: 'a.txt', trailingSlash: false }],
  [{ url: '/a/?b' }, { ok: true, name: 'a', trailingSlash: true }],
  [{ url: '/caf%C3%A9' }, { ok: true, name: 'café', trailingSlash: false }],
  // Express adds a slash to the mount point; the client sent none.
  [
    { url: '/', originalUrl: '/mount' },
    { ok: true, name: '', trailingSlash: false },
  ],
  [
    { url: '/', originalUrl: '/mount/' },
    { ok: true, name: '', trailingSlash: true },
  ],
  [
    { url: '/?b', originalUrl: '/mount?b' },
    { ok: true, name: '', trailingSlash: false },
  ],
  [{}, { ok: true, name: '', trailingSlash: true }],
  [{ url: '/.git/config' }, { ok: false, reason: 'dotfile-ignored' }],
  [{ url: '/a/../b' }, { ok: false, reason: 'above-root' }],
  [{ url: '//a' }, { ok: false, reason: 'not-canonical' }],
  // Express 4 takes the first of two slashes for a part of the mount point.
  [
    { url: '/a', originalUrl: '/mount//a' },
    { ok: false, reason: 'not-canonical' },
  ],
  [
    { url: '/', originalUrl: '/mount//' },
    { ok: false, reason: 'not-canonical' },
  ],
  [
    { url: '/a', originalUrl: '/mount/a' },
    { ok: true, name: 'a', trailingSlash: false },
  ],
  [
    { url: '/a', originalUrl: '/other' },
    { ok: true, name: 'a', trailingSlash: false },
  ],
  [
    { url: '/a', originalUrl: 'http://h/mount//a' },
    { ok: false, reason: 'not-canonical' },
  ],
])('%j names %j', (request, requested) => {
  expect(requestedName(request, POLICY)).toEqual(requested)
})

test.each([
  ['/caf%c3%a9', '/caf%c3%a9', '/caf%C3%A9'],
  ['/caf%c3%a9?a=b', '/caf%c3%a9?a=b', '/caf%C3%A9?a=b'],
  ['/caf%c3%a9', '/mount/caf%c3%a9', '/mount/caf%C3%A9'],
])('%s, sent as %s, is redirected to %s', (url, originalUrl, location) => {
  expect(requestedName({ url, originalUrl }, POLICY)).toMatchObject({ ok: true, location })
})

test.each([
  ['redirects are off', { url: '/caf%c3%a9' }, { ...POLICY, redirect: false }],
  ['the name is a dotfile', { url: '/.caf%c3%a9' }, POLICY],
  ['the client sent another path', { url: '/caf%c3%a9', originalUrl: '/other' }, POLICY],
])('lower-case percent-encoding is refused where %s', (_where, request, policy) => {
  expect(requestedName(request, policy)).toEqual({ ok: false, reason: 'not-canonical' })
})

test('the request-target is the one that the client sent', () => {
  expect(requestTarget({ url: '/b', originalUrl: '/a/b' })).toBe('/a/b')
  expect(requestTarget({ url: '/b' })).toBe('/b')
  expect(requestTarget({})).toBe('/')
})
