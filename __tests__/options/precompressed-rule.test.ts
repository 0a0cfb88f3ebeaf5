import { type StreamFilesOptions, streamFiles } from '../../lib/index.js'
import { precompressedRule } from '../../lib/options/precompressed-rule.js'

const { defaultValue, parse } = precompressedRule

test.each([
  [true, ['br', 'zstd', 'gzip']],
  [false, []],
  [[], []],
  [['gzip'], ['gzip']],
  [
    ['gzip', 'br', 'gzip'],
    ['gzip', 'br'],
  ],
])('with %j the codings are %j', (value, expected) => {
  expect(parse(value, 'streamFiles')).toEqual(expected)
})

test('by default there are none', () => {
  expect(defaultValue).toEqual([])
})

test.each([
  ['br', '"br"'],
  [{ br: true }, 'an object'],
  [1, '1'],
  [['brotli'], '"brotli"'],
  [['gzip', 'deflate'], '"deflate"'],
  [['x-gzip'], '"x-gzip"'],
  [[undefined], 'undefined'],
])('%j is a TypeError that names what is accepted', (precompressed, named) => {
  const create = () => streamFiles('.', { precompressed: precompressed as never })
  expect(create).toThrow(TypeError)
  expect(create).toThrow(
    /^streamFiles: option "precompressed" must be true, false or an array of "br", "zstd" and "gzip"/,
  )
  expect(create).toThrow(named)
})

test('it does not go with transform', () => {
  const transform = (chunks: AsyncIterable<Uint8Array>) => chunks
  expect(() =>
    streamFiles('.', { precompressed: ['br'], transform } as StreamFilesOptions),
  ).toThrow(new TypeError('streamFiles: option "transform" does not go with "precompressed"'))
  expect(() => streamFiles('.', { precompressed: false, transform })).not.toThrow()
})

test('it does not go with offload, whose server chooses the bytes', () => {
  const offload = { header: 'X-Sendfile' } as const
  expect(() => streamFiles('.', { precompressed: true, offload })).toThrow(
    'option "offload" does not go with "precompressed"',
  )
  for (const precompressed of [false, []]) {
    expect(() => streamFiles('.', { precompressed, offload })).not.toThrow()
  }
})
