import { streamFiles } from '../../lib/index.js'
import type { StreamFilesOptions } from '../../lib/options/option-types.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'

const DEFAULTS = {
  acceptRanges: true,
  cacheControl: true,
  dotfiles: 'ignore',
  etag: true,
  extensions: [],
  fallthrough: true,
  immutable: false,
  index: ['index.html'],
  lastModified: true,
  maxAge: 0,
  redirect: true,
  setHeaders: undefined,
}

/** Callers without TypeScript pass what they have. */
function resolve(options: unknown) {
  return resolveStreamFilesOptions(options as StreamFilesOptions)
}

test('the defaults are those of serve-static', () => {
  expect(resolve(undefined)).toMatchObject(DEFAULTS)
})

test.each(Object.keys(DEFAULTS))(
  '"%s" may be null or undefined, which means the default',
  (name) => {
    expect(resolve({ [name]: null })).toEqual(resolve({}))
    expect(resolve({ [name]: undefined })).toEqual(resolve({}))
  },
)

const setHeaders = () => {}
const etag = () => 'x'

test.each([
  ['acceptRanges', false, false],
  ['cacheControl', false, false],
  ['dotfiles', 'allow', 'allow'],
  ['dotfiles', 'deny', 'deny'],
  ['etag', false, false],
  ['etag', etag, etag],
  ['extensions', false, []],
  ['extensions', '', []],
  ['extensions', 'html', ['html']],
  ['extensions', ['html', 'htm'], ['html', 'htm']],
  ['extensions', ['.html', '.', 'tar.gz'], ['html', 'tar.gz']],
  ['fallthrough', false, false],
  ['immutable', true, true],
  ['index', false, []],
  ['index', '', []],
  ['index', 'home.html', ['home.html']],
  ['index', ['a.html', 'b.html'], ['a.html', 'b.html']],
  ['index', [], []],
  ['lastModified', false, false],
  ['maxAge', 1500, 1500],
  ['maxAge', '1d', 86_400_000],
  ['maxAge', '2 hours', 7_200_000],
  ['maxAge', '1000', 1000],
  ['maxAge', -5, 0],
  ['maxAge', '-1d', 0],
  ['maxAge', Number.POSITIVE_INFINITY, 31_536_000_000],
  ['maxAge', '10y', 31_536_000_000],
  ['redirect', false, false],
  ['setHeaders', setHeaders, setHeaders],
  ['symlinks', 'deny', 'deny'],
  ['symlinks', 'follow', 'follow'],
  ['chunkSize', 1, 1],
  ['contentLength', true, true],
  ['contentLength', false, false],
  ['contentLength', 'auto', 'auto'],
])('"%s" may be %p', (name, value, resolved) => {
  expect(resolve({ [name]: value })).toMatchObject({ [name]: resolved })
})

test.each([
  ['acceptRanges', 'false'],
  ['cacheControl', 'no-cache'],
  ['dotfiles', 'hide'],
  ['dotfiles', true],
  ['etag', 'weak'],
  ['extensions', true],
  ['extensions', ['html', 1]],
  ['fallthrough', 0],
  ['immutable', 'yes'],
  ['index', true],
  ['index', [null]],
  ['lastModified', 1],
  ['maxAge', 'soon'],
  ['maxAge', ''],
  ['maxAge', Number.NaN],
  ['maxAge', true],
  ['maxAge', '1'.repeat(101)],
  ['redirect', 'yes'],
  ['setHeaders', { 'X-A': 'b' }],
  ['symlinks', false],
  ['chunkSize', 0],
  ['chunkSize', '64kb'],
  ['contentLength', 12],
  ['contentLength', 'Auto'],
])('"%s" may not be %p', (name, value) => {
  expect(() => streamFiles('.', { [name]: value })).toThrow(
    new RegExp(`^streamFiles: option "${name}" must be `),
  )
})

test.each([
  ['maxage', 'did you mean "maxAge"?'],
  ['eTag', 'did you mean "etag"?'],
  ['cache-control', 'did you mean "cacheControl"?'],
  ['extension', 'did you mean "extensions"?'],
  ['root', 'it knows '],
  ['hidden', 'it knows '],
])('"%s" is no option; %s', (name, hint) => {
  expect(() => streamFiles('.', { [name]: true } as StreamFilesOptions)).toThrow(
    `streamFiles: unknown option "${name}"; ${hint}`,
  )
})

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  ['', '""'],
  [42, '42'],
  [{}, 'an object'],
  ['a\0b', '"a\0b"'],
  [new URL('https://example.com/'), 'an object'],
])('the root may not be %p', (root, shown) => {
  expect(() => streamFiles(root as string)).toThrow(
    new TypeError(
      `streamFiles: root must be the path or file: URL of a directory, a source, or an array of these, not ${shown}`,
    ),
  )
})

test('the error names what "contentLength" accepts', () => {
  // @ts-expect-error a number is the length of one body
  expect(() => streamFiles('.', { contentLength: 12 })).toThrow(
    new TypeError('streamFiles: option "contentLength" must be true, false or "auto", not 12'),
  )
})

test('"transform" is allowed with "contentLength": "auto", which requires no known length', () => {
  const transform = (chunks: AsyncIterable<Buffer>) => chunks
  expect(() => streamFiles('.', { transform, contentLength: 'auto' })).not.toThrow()
})
