import type { GetObjectCommandOutput } from '@aws-sdk/client-s3'
import {
  isSameVersion,
  type ObjectMetadata,
  objectMetadata,
} from '../../../lib/source/s3/object-metadata.js'

const LastModified = new Date('2024-02-29T12:34:56Z')

const metadataOf = (output: Partial<GetObjectCommandOutput>, size?: number) =>
  objectMetadata({ $metadata: {}, ...output }, size)

test('all that the store tells is taken', () => {
  const output = {
    ETag: '"e-2"',
    LastModified,
    ContentLength: 10,
    ContentType: 'text/css',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    ContentDisposition: 'attachment',
    CacheControl: 'max-age=5',
  }
  expect(metadataOf(output, 1000)).toEqual({
    // That of the object, of which the response is a part.
    size: 1000,
    modified: LastModified,
    etag: '"e-2"',
    type: 'text/css',
    contentEncoding: 'gzip',
    contentLanguage: 'de',
    contentDisposition: 'attachment',
    cacheControl: 'max-age=5',
  })
})

test('what it does not tell is left out', () => {
  expect(Object.values(metadataOf({})).every((value) => value === undefined)).toBe(true)
})

test.each([
  ['"strong"', '"strong"'],
  ['W/"weak"', undefined],
  ['unquoted', undefined],
  ['', undefined],
])('of the entity tag %j it takes %p: it must be strong', (ETag, etag) => {
  expect(metadataOf({ ETag }).etag).toBe(etag)
})

test.each([
  ['text/html', 'text/html'],
  ['application/octet-stream', 'application/octet-stream'],
  ['binary/octet-stream', undefined],
  ['', undefined],
])('of the media type %j it takes %p', (ContentType, type) => {
  expect(metadataOf({ ContentType }).type).toBe(type)
})

test.each([
  ['gzip', 'gzip'],
  ['aws-chunked', undefined],
  ['gzip,aws-chunked', 'gzip'],
  ['aws-chunked, gzip ,br', 'gzip, br'],
  [' , ', undefined],
  ['', undefined],
])('of the content coding %j it takes %p', (ContentEncoding, coding) => {
  expect(metadataOf({ ContentEncoding }).contentEncoding).toBe(coding)
})

const dated = (seconds: number, size = 5): ObjectMetadata => ({
  size,
  modified: new Date(seconds * 1000),
})

test.each<[what: string, a: ObjectMetadata, b: ObjectMetadata, same: boolean]>([
  ['equal tags', { etag: '"1"', size: 1 }, { etag: '"1"', size: 2 }, true],
  ['other tags', { ...dated(1), etag: '"1"' }, { ...dated(1), etag: '"2"' }, false],
  ['one tag', { ...dated(1), etag: '"1"' }, dated(1), false],
  ['one tag, of the other', dated(1), { ...dated(1), etag: '"1"' }, false],
  ['no tag, and equal sizes and dates', dated(1), dated(1), true],
  ['no tag, and another date', dated(1), dated(2), false],
  ['no tag, and another size', dated(1), dated(1, 6), false],
  ['no tag, and one date', dated(1), { size: 5 }, false],
  ['no tag, and one date, of the other', { size: 5 }, dated(1), false],
  ['no tag and no date', { size: 5 }, { size: 5 }, true],
])('%s: the same version', (_what, a, b, same) => {
  expect(isSameVersion(a, b)).toBe(same)
})
