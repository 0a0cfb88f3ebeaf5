import {
  isPage,
  mediaTypeEssence,
  mediaTypeForPath,
  ownMediaTypes,
  resolveMediaType,
} from '../../lib/http/media-type.js'

test.each([
  ['/a/page.html', 'text/html; charset=utf-8'],
  ['/a/page.HTML', 'text/html; charset=utf-8'],
  ['/a/script.js', 'text/javascript; charset=utf-8'],
  ['/a/module.mjs', 'text/javascript; charset=utf-8'],
  ['/a/data.json', 'application/json; charset=utf-8'],
  ['/a/picture.png', 'image/png'],
  ['/a/drawing.svg', 'image/svg+xml'],
  ['/a/code.wasm', 'application/wasm'],
  ['/a/film.mp4', 'video/mp4'],
  ['/a.html/README', 'application/octet-stream'],
  ['/a/.html', 'application/octet-stream'],
  ['/a/thing.nobody-knows', 'application/octet-stream'],
  ['/a/thing.constructor', 'application/octet-stream'],
  ['/a/thing.', 'application/octet-stream'],
])('%s is %s', (path, type) => {
  expect(mediaTypeForPath(path)).toBe(type)
})

test.each([
  ['csv', 'text/csv; charset=utf-8'],
  ['.csv', 'text/csv; charset=utf-8'],
  ['text/html', 'text/html; charset=utf-8'],
  ['text/html; charset=latin1', 'text/html; charset=latin1'],
  ['application/x-of-our-own', 'application/x-of-our-own'],
  ['nobody-knows', undefined],
  ['constructor', undefined],
])('the option %j means %s', (option, type) => {
  expect(resolveMediaType(option)).toBe(type)
})

test.each([
  ['text/plain', 'text/plain'],
  ['Text/Plain; charset=UTF-8', 'text/plain'],
  [' image/png ;a=b', 'image/png'],
  ['', ''],
])('the type %j without its parameters is %j', (type, essence) => {
  expect(mediaTypeEssence(type)).toBe(essence)
})

test.each([
  ['/a/b.foo', 'text/x-foo'],
  ['/a/b.FOO', 'text/x-foo'],
  ['/a/b.html', 'text/plain'],
  ['/a/b.css', undefined],
  ['/a/foo', undefined],
])('of the types of an application, %s has %s', (path, type) => {
  const types = new Map([
    ['foo', 'text/x-foo'],
    ['html', 'text/plain'],
  ])
  expect(ownMediaTypes(types)?.(path)).toBe(type)
})

test('an application without types has no function for them', () => {
  expect(ownMediaTypes(new Map())).toBeUndefined()
})

test.each([
  ['text/html', true],
  ['Text/HTML; charset=utf-8', true],
  [' application/xhtml+xml;q=0.9', true],
  ['text/plain', false],
  ['application/xml', false],
])('%j is the type of a page: %p', (type, expected) => {
  expect(isPage(type)).toBe(expected)
})
