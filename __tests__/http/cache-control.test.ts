import { cacheControlField } from '../../lib/http/cache-control.js'

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
