import type { OpenContext } from '../../../lib/source/custom/source-contract.js'
import type { ObjectMetadata } from '../../../lib/source/s3/object-metadata.js'
import { firstBytes, firstRequest } from '../../../lib/source/s3/object-plan.js'

const NOW = Date.UTC(2026, 0, 1)
const DATE = 'Thu, 29 Feb 2024 12:34:56 GMT'
const { signal } = new AbortController()

function get(request: Partial<OpenContext> = {}): OpenContext {
  return { signal, method: 'GET', ...request }
}

const WHOLE = { method: 'GET', range: undefined }
const HEAD = { method: 'HEAD' }

test.each<[string, Partial<OpenContext>, object]>([
  ['a GET', {}, WHOLE],
  ['a POST', { method: 'POST' }, WHOLE],
  ['a GET without any precondition in its fields', { conditions: {} }, WHOLE],
  ['If-Range without Range', { conditions: { ifRange: '"e"' } }, WHOLE],
  ['a HEAD', { method: 'HEAD' }, HEAD],
  ['If-Match', { conditions: { ifMatch: '*' } }, HEAD],
  ['If-None-Match', { conditions: { ifNoneMatch: '*' } }, HEAD],
  ['If-Modified-Since', { conditions: { ifModifiedSince: DATE } }, HEAD],
  ['If-Unmodified-Since', { conditions: { ifUnmodifiedSince: DATE } }, HEAD],
  ['one range', { range: 'bytes=0-4' }, { method: 'GET', range: 'bytes=0-4' }],
  ['several ranges', { range: 'bytes=0-4,6-7' }, HEAD],
  ['If-Range with Range', { range: 'bytes=0-4', conditions: { ifRange: '"e"' } }, HEAD],
])('%s : %j begins with %j', (_name, request, first) => {
  expect(firstRequest(get(request))).toEqual(first)
})

const OBJECT: ObjectMetadata = { size: 100, etag: '"e"', modified: new Date(DATE) }
const ALL = { start: 0, end: 99 }

test.each<[string, Partial<OpenContext>, object | undefined]>([
  ['a GET', {}, ALL],
  ['a HEAD', { method: 'HEAD' }, undefined],
  ['If-None-Match that matches', { conditions: { ifNoneMatch: '"e"' } }, undefined],
  ['If-None-Match that does not match', { conditions: { ifNoneMatch: '"x"' } }, ALL],
  ['If-Match that does not match', { conditions: { ifMatch: '"x"' } }, undefined],
  ['If-Modified-Since of the same date', { conditions: { ifModifiedSince: DATE } }, undefined],
  ['several ranges', { range: 'bytes=5-9,20-29' }, { start: 5, end: 9 }],
  ['unsatisfiable ranges', { range: 'bytes=-0' }, undefined],
  ['ranges that are not valid', { range: 'bytes=9-3' }, ALL],
  [
    'If-Range that matches',
    { range: 'bytes=5-9', conditions: { ifRange: '"e"' } },
    { start: 5, end: 9 },
  ],
  ['If-Range that does not match', { range: 'bytes=5-9', conditions: { ifRange: '"x"' } }, ALL],
])('%s : %j needs first %j', (_name, request, bytes) => {
  expect(firstBytes(get(request), OBJECT, NOW)).toEqual(bytes)
})

test('an empty object has no bytes', () => {
  expect(firstBytes(get(), { ...OBJECT, size: 0 }, NOW)).toBeUndefined()
})

test('an object of unknown size is needed as a whole', () => {
  const whole = { start: 0, end: Number.POSITIVE_INFINITY }
  expect(firstBytes(get({ range: 'bytes=0-4,6-7' }), { etag: '"e"' }, NOW)).toEqual(whole)
})
