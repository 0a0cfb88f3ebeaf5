import { S3Client } from '@aws-sdk/client-s3'
import { resolveS3SourceOptions } from '../../lib/options/s3-source-options.js'

const client = new S3Client({ region: 'us-east-1' })
const required = { client, bucket: 'bucket' }

/** Callers without TypeScript pass what they have. */
const resolved = (options: unknown) => resolveS3SourceOptions(options as typeof required)

test('only the client and the bucket are required', () => {
  const defaults = { prefix: '', stallTimeout: 30_000, metadataTtl: 0 }
  expect(resolved(required)).toEqual({ ...required, ...defaults })
  const omitted = { prefix: null, stallTimeout: undefined, metadataTtl: null }
  expect(resolved({ ...required, ...omitted })).toEqual({ ...required, ...defaults })
})

test.each([
  { prefix: 'public/' },
  { prefix: '' },
  { stallTimeout: 1 },
  { stallTimeout: 2 ** 31 - 1 },
  { metadataTtl: 0 },
  { metadataTtl: Number.MAX_SAFE_INTEGER },
])('%j is accepted', (options) => {
  expect(resolved({ ...required, ...options })).toMatchObject(options)
})

test.each<[options: object, expected: string]>([
  [{ client: undefined }, 'option "client" must be an S3Client of @aws-sdk/client-s3'],
  [{ client: null }, 'option "client" must be an S3Client of @aws-sdk/client-s3'],
  [{ client: 'x' }, 'option "client" must be an S3Client of @aws-sdk/client-s3, not "x"'],
  [
    { client: { send: true } },
    'option "client" must be an S3Client of @aws-sdk/client-s3, not an object',
  ],
  [{ bucket: undefined }, 'option "bucket" must be the name of a bucket'],
  [{ bucket: '' }, 'option "bucket" must be the name of a bucket, not ""'],
  [{ bucket: 5 }, 'option "bucket" must be the name of a bucket, not 5'],
  [
    { prefix: 5 },
    'option "prefix" must be the beginning of a key, without "." and ".." segments, not 5',
  ],
  [
    { prefix: './public/' },
    'option "prefix" must be the beginning of a key, without "." and ".." segments, not "./public/"',
  ],
  [
    { stallTimeout: 0 },
    'option "stallTimeout" must be an integer of at least 1 and at most 2147483647, not 0',
  ],
  [
    { stallTimeout: 2 ** 31 },
    'option "stallTimeout" must be an integer of at least 1 and at most 2147483647, not 2147483648',
  ],
  [{ metadataTtl: -1 }, 'option "metadataTtl" must be an integer of at least 0, not -1'],
  [
    { region: 'us-east-1' },
    'unknown option "region"; it knows client, bucket, prefix, stallTimeout, metadataTtl',
  ],
])('%p is a TypeError', (options, message) => {
  expect(() => resolved({ ...required, ...options })).toThrow(new TypeError(`s3Source: ${message}`))
})

test('a client of another copy of the SDK is accepted', () => {
  const other = { send() {} }
  expect(resolved({ ...required, client: other }).client).toBe(other)
})
