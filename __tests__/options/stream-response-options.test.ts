import type { StreamResponseOptions } from '../../lib/options/option-types.js'
import {
  type BodyKind,
  resolveStreamResponseOptions,
} from '../../lib/options/stream-response-options.js'

/** Callers without TypeScript pass what they have. */
function resolve(options: unknown, kind: BodyKind = 'path', size?: number) {
  return resolveStreamResponseOptions(options as StreamResponseOptions, kind, size)
}

test('the defaults are those of res.sendFile', () => {
  expect(resolve(null)).toMatchObject({
    acceptRanges: true,
    cacheControl: true,
    dotfiles: undefined,
    download: false,
    end: undefined,
    errors: 'next',
    etag: true,
    headers: new Map(),
    immutable: false,
    lastModified: true,
    maxAge: 0,
    root: undefined,
    start: 0,
    status: undefined,
    type: undefined,
  })
})

test.each(['root', 'start', 'end', 'headers', 'status', 'type', 'download', 'errors', 'dotfiles'])(
  '"%s" may be null, which means the default',
  (name) => {
    expect(resolve({ [name]: null })).toEqual(resolve({}))
  },
)

test.each([
  ['dotfiles', 'ignore', 'ignore'],
  ['download', true, true],
  ['download', 'any "name" \0 at all', 'any "name" \0 at all'],
  ['end', 0, 0],
  ['errors', 'throw', 'throw'],
  ['headers', {}, new Map()],
  ['headers', { 'X-A': 'b', 'X-N': 1 }, new Map(Object.entries({ 'X-A': 'b', 'X-N': '1' }))],
  ['headers', { 'Set-Cookie': ['a', 'b'] }, new Map([['Set-Cookie', ['a', 'b']]])],
  ['headers', { 'X-A': undefined, 'X-B': null }, new Map()],
  ['root', '/srv', '/srv'],
  ['root', new URL('file:///srv'), '/srv'],
  ['start', 5, 5],
  ['status', 200, 200],
  ['status', 599, 599],
  ['type', 'csv', 'text/csv; charset=utf-8'],
  ['type', 'application/vnd.a+json', 'application/vnd.a+json'],
  ['type', 'text/csv; charset=latin1', 'text/csv; charset=latin1'],
])('"%s" may be %p', (name, value, resolved) => {
  expect(resolve({ [name]: value })).toMatchObject({ [name]: resolved })
})

test.each([
  ['dotfiles', 'hide'],
  ['download', 7],
  ['end', -1],
  ['end', '5'],
  ['errors', 'reject'],
  ['headers', ['X-A', 'b']],
  ['headers', 'X-A: b'],
  ['root', ''],
  ['root', 'a\0b'],
  ['root', new URL('https://example.com/')],
  ['start', 1.5],
  ['start', -1],
  ['status', 199],
  ['status', 600],
  ['status', '200'],
  ['type', ''],
  ['type', 'jsno'],
  ['type', 'text/'],
  ['type', 'text /csv'],
  ['type', 'text/html\r\nX-A: b'],
  ['type', 'text/höhle'],
])('"%s" may not be %p', (name, value) => {
  expect(() => resolve({ [name]: value })).toThrow(
    new RegExp(`^streamResponse: option "${name}" must be `),
  )
})

test.each([
  ['a name', { 'X A': 'b' }, '"X A"'],
  ['an empty name', { '': 'b' }, '""'],
  ['a value', { 'X-A': 'b\r\nX-C: d' }, '"X-A"'],
  ['one value of several', { 'X-A': ['b', '🎉'] }, '"X-A"'],
])('%s that HTTP does not allow is named', (_what, headers, name) => {
  expect(() => resolve({ headers })).toThrow(
    `streamResponse: option "headers" has a header ${name} that cannot be sent`,
  )
})

test('the end may not come before the start, which is 0 by default', () => {
  expect(() => resolve({ start: 5, end: 4 })).toThrow('option "end" must not be less than "start"')
  expect(resolve({ start: 5, end: 5 })).toMatchObject({ start: 5, end: 5 })
})

test('options of streamFiles alone are unknown', () => {
  expect(() => resolve({ fallthrough: false })).toThrow(
    'streamResponse: unknown option "fallthrough"; it knows ',
  )
})

test.each<[BodyKind, string, unknown, string]>([
  ['handle', 'root', '/srv', 'a path'],
  ['handle', 'dotfiles', 'allow', 'a path'],
  ['bytes', 'start', 1, 'a file'],
  ['sized', 'start', 1, 'a file'],
  ['stream', 'etag', () => 'x', 'a file'],
  ['stream', 'contentLength', true, 'a body of known length'],
])('with a body that is a %s, "%s" is refused', (kind, name, value, wanted) => {
  const message = `streamResponse: option "${name}" is for ${wanted}, which this body is not`
  expect(() => resolve({ [name]: value }, kind)).toThrow(new TypeError(message))
  expect(() => resolve(Object.create({ [name]: value }), kind)).toThrow(new TypeError(message))
  expect(() => resolve({ [name]: false }, kind)).not.toThrow(message)
})

test.each([
  [{ follow: true, contentLength: true }, '"follow" does not go with "contentLength"'],
  [{ follow: true, end: 5 }, '"follow" does not go with "end"'],
  [{ follow: true, digest: 'sha-256' }, '"follow" does not go with "digest"'],
  [{ followIdle: 5 }, '"followIdle" needs "follow"'],
  [{ symlinks: 'deny' }, '"symlinks": "deny" needs "root"'],
  [{ symlinks: 'inside' }, '"symlinks": "inside" needs "root"'],
])('%j is refused', (options, why) => {
  expect(() => resolve(options)).toThrow(new TypeError(`streamResponse: option ${why}`))
})

describe('"contentLength"', () => {
  const transform = (chunks: unknown) => chunks
  const digest = 'sha-256'
  const sizeOf = (kind: BodyKind) => (kind === 'sized' || kind === 'bytes' ? 12 : undefined)

  test.each<[BodyKind, unknown, object]>([
    ['path', true, {}],
    ['path', 'auto', {}],
    ['path', 'auto', { follow: true }],
    ['path', 'auto', { transform }],
    ['path', 0, { transform }],
    ['handle', 12, { transform }],
    ['stream', 'auto', {}],
    ['stream', 0, {}],
    ['stream', Number.MAX_SAFE_INTEGER, {}],
    ['sized', true, {}],
    ['sized', 12, {}],
    ['bytes', 12, {}],
    ['bytes', true, { digest }],
    ['path', 'auto', { digest }],
  ])('of a body that is a %s may be %p with %j', (kind, contentLength, others) => {
    expect(resolve({ contentLength, ...others }, kind, sizeOf(kind))).toMatchObject({
      contentLength,
    })
  })

  test.each<[BodyKind, unknown, object, RegExp]>([
    ['path', true, { transform }, /"transform" does not go with "contentLength": true/],
    ['path', 12, { follow: true }, /"follow" does not go with "contentLength"/],
    ['path', 12, {}, /must not be a number for a file, whose length is known; set true/],
    ['handle', 12, {}, /must not be a number for a file/],
    ['path', true, { digest }, /"digest" does not go with "contentLength"/],
    ['path', 9, { digest, transform }, /"digest" does not go with "contentLength"/],
    ['sized', true, { digest }, /"digest" does not go with "contentLength"/],
    ['stream', 9, { digest }, /"digest" does not go with "contentLength"/],
    ['sized', 11, {}, /"contentLength" is 11, and the body has 12 bytes/],
    ['sized', 0, {}, /"contentLength" is 0, and the body has 12 bytes/],
  ])('of a body that is a %s may not be %p with %j', (kind, contentLength, others, says) => {
    expect(() => resolve({ contentLength, ...others }, kind, sizeOf(kind))).toThrow(TypeError)
    expect(() => resolve({ contentLength, ...others }, kind, sizeOf(kind))).toThrow(says)
  })

  test.each([-1, 1.5, Number.NaN, 2 ** 53, '12', 'AUTO', {}])('may not be %p', (contentLength) => {
    expect(() => resolve({ contentLength }, 'stream')).toThrow(
      /"contentLength" must be true, false, "auto" or the exact number of bytes, not /,
    )
  })
})
