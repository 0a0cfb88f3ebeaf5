import { describeReencodable } from '../../lib/http/reencoding.js'
import type { Representation } from '../../lib/http/representation.js'

const TEXT: Representation = {
  size: 1000,
  offset: 0,
  readTo: Number.POSITIVE_INFINITY,
  type: 'text/plain; charset=utf-8',
  etag: '"v1"',
  lastModified: 0,
  etagIsUnreliable: false,
  dateIsUnreliable: false,
}

function described(
  of: Partial<Representation> = {},
  set: Readonly<Record<string, string>> = {},
  acceptRanges = true,
) {
  return describeReencodable({ ...TEXT, ...of }, (name) => set[name], acceptRanges)
}

test('the coding of text may be changed, so its entity tag is weak', () => {
  expect(described()).toEqual({ ...TEXT, reencoding: 'possible', etag: 'W/"v1"' })
})

test.each([
  ['W/"v1"', 'W/"v1"'],
  [undefined, undefined],
])('the entity tag %s becomes %s', (etag, expected) => {
  expect(described({ etag })).toMatchObject({ reencoding: 'possible', etag: expected })
})

test.each([
  ['image/png', {}],
  ['video/mp4', {}],
  ['text/plain', { 'Content-Encoding': 'gzip' }],
  ['text/plain', { 'Cache-Control': 'no-transform' }],
  ['text/plain', { 'Cache-Control': 'public, No-Transform ,max-age=5' }],
])('nothing changes for %s with %j', (type, set) => {
  expect(described({ type }, set)).toEqual({ ...TEXT, type })
})

test.each([
  { 'Content-Encoding': 'identity' },
  { 'Cache-Control': 'public, max-age=5' },
  { 'Cache-Control': 'x-no-transform' },
])('%j does not fix the coding', (set) => {
  expect(described({}, set).reencoding).toBe('possible')
})

test('nothing changes for a body that was negotiated to be encoded', () => {
  const encoded = { negotiated: { coding: 'gzip', vary: 'Accept-Encoding' } } as const
  expect(described(encoded)).toEqual({ ...TEXT, ...encoded })
  const identity = { negotiated: { coding: undefined, vary: 'Accept-Encoding' } }
  expect(described(identity).reencoding).toBe('possible')
})

describe('a download', () => {
  test.each<Partial<Representation>>([
    { disposition: 'attachment; filename=a.txt' },
    { type: 'application/octet-stream' },
    { type: 'application/x-tar' },
  ])('that can be resumed keeps its entity tag, and its coding must not change: %j', (of) => {
    expect(described(of)).toEqual({ ...TEXT, ...of, reencoding: 'forbidden' })
  })

  test.each<[string, Partial<Representation>, boolean]>([
    ['of unknown length', { size: undefined }, true],
    ['without ranges', {}, false],
  ])('%s may change its coding', (_what, of, acceptRanges) => {
    expect(described({ type: 'application/x-tar', ...of }, {}, acceptRanges)).toMatchObject({
      reencoding: 'possible',
      etag: 'W/"v1"',
    })
  })
})
