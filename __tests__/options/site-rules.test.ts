import { streamFiles } from '../../lib/index.js'
import type { StreamFilesOptions } from '../../lib/options/option-types.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'

/** Callers without TypeScript pass what they have. */
function resolve(options: object) {
  return resolveStreamFilesOptions(options as StreamFilesOptions)
}

test('everything for sites is off by default', () => {
  expect(resolve({})).toMatchObject({
    cacheControl: true,
    exclude: [],
    fallback: false,
    nosniff: false,
    notFound: false,
    types: new Map(),
  })
})

const cacheControl = () => 'no-store'
const pattern = /\.map$/g

test.each([
  [{ cacheControl }, { cacheControl }],
  [{ cacheControl: 'fingerprinted' }, { cacheControl: 'fingerprinted' }],
  [{ cacheControl: false }, { cacheControl: false }],
  [{ exclude: pattern }, { exclude: [pattern] }],
  [{ exclude: [pattern, /~$/] }, { exclude: [pattern, /~$/] }],
  [{ exclude: [] }, { exclude: [] }],
  [{ fallback: 'index.html' }, { fallback: 'index.html' }],
  [{ fallback: '/index.html' }, { fallback: 'index.html' }],
  [{ fallback: './app/index.html' }, { fallback: 'app/index.html' }],
  [
    { fallback: false, notFound: false },
    { fallback: false, notFound: false },
  ],
  [{ notFound: '404.html' }, { notFound: '404.html' }],
  [{ nosniff: true }, { nosniff: true }],
  [{ types: {} }, { types: new Map() }],
  [
    { types: { foo: 'text/x-foo', '.BAR': 'application/x-bar', baz: 'text/x-baz;charset=latin1' } },
    {
      types: new Map([
        ['foo', 'text/x-foo; charset=utf-8'],
        ['bar', 'application/x-bar'],
        ['baz', 'text/x-baz;charset=latin1'],
      ]),
    },
  ],
  [{ types: { tpl: 'html' } }, { types: new Map([['tpl', 'text/html; charset=utf-8']]) }],
  [
    { types: { a: 'text/a; x="a, b"' } },
    { types: new Map([['a', 'text/a; x="a, b"; charset=utf-8']]) },
  ],
])('%p is %p', (options, expected) => {
  expect(resolve(options)).toMatchObject(expected)
})

test.each<[object, string]>([
  [{ cacheControl: 'hashed' }, 'true, false, "fingerprinted" or a function, not "hashed"'],
  [{ cacheControl: 1 }, '"cacheControl" must be'],
  [{ exclude: '*.map' }, '"exclude" must be a RegExp or an array of them, not "*.map"'],
  [
    { exclude: [/a/, 'b'] },
    '"exclude" must be a RegExp or an array of them, which "b" is not one of',
  ],
  [{ fallback: true }, '"fallback" must be the name of a file below the root, or false, not true'],
  [{ fallback: '' }, '"fallback" must be'],
  [{ fallback: 'app/' }, '"fallback" must be'],
  [{ fallback: '../index.html' }, '"fallback" must be'],
  [{ fallback: 'a\0b' }, '"fallback" must be'],
  [{ notFound: '/../404.html' }, '"notFound" must be'],
  [{ notFound: 404 }, '"notFound" must be the name of a file below the root, or false, not 404'],
  [{ nosniff: 'nosniff' }, '"nosniff" must be true or false'],
  [{ types: [] }, '"types" must be an object of file extensions and their media types'],
  [
    { types: new Map([['foo', 'text/x-foo']]) },
    '"types" must be an object of file extensions and their media types, not an iterable; ' +
      'convert a Map or Headers with Object.fromEntries(types)',
  ],
  [{ types: { foo: 'text/plain\n;x=y' } }, '"types" must have a media type for "foo"'],
  [{ types: 'text/plain' }, '"types" must be an object'],
  [{ types: { foo: 'nobody-knows' } }, '"types" must have a media type for "foo", not "nobody-'],
  [{ types: { foo: 'text/' } }, '"types" must have a media type for "foo"'],
  [{ types: { foo: 'text/plain\r\nX: y' } }, '"types" must have a media type for "foo"'],
  [{ types: { foo: 7 } }, '"types" must have a media type for "foo", not 7'],
  [{ types: { '': 'text/plain' } }, '"types" has "", which is not a file extension'],
  [{ types: { '.': 'text/plain' } }, '"types" has ".", which is not a file extension'],
  [{ types: { 'tar.gz': 'a/b' } }, '"types" has "tar.gz", which is not a file extension'],
  [{ types: { 'a/b': 'a/b' } }, '"types" has "a/b", which is not a file extension'],
])('%p is a TypeError that names what is accepted', (options, message) => {
  expect(() => streamFiles('.', options)).toThrow(TypeError)
  expect(() => streamFiles('.', options)).toThrow(message)
})
