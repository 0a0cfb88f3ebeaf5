import type { S3Client } from '@aws-sdk/client-s3'
import { isObjectKey } from '../source/s3/object-key.js'
import {
  integerRule,
  LONGEST_TIMER,
  type OptionRule,
  type ResolvedOptions,
  resolveOptions,
} from './option-rules.js'

/** The options of `s3Source`. */
export interface S3SourceOptions {
  /** The client of the AWS SDK, with its endpoint, credentials, timeouts and retries. You destroy it. */
  readonly client: S3Client
  readonly bucket: string
  /**
   * What the key of every object begins with, taken as it is: no slash is added.
   *
   * @defaultValue `''`
   */
  readonly prefix?: string | null | undefined
  /**
   * Milliseconds that the store may send nothing while a response waits for it. Then the request to the store
   * is aborted: before the first byte the response is a 504, and after it the response is aborted.
   *
   * @defaultValue 30000
   */
  readonly stallTimeout?: number | null | undefined
  /**
   * Milliseconds for which the metadata of an object is cached. Conditional requests, HEAD requests and
   * requests of several ranges then need one round trip less, but their responses may have the metadata of an
   * object that was replaced or deleted in the meantime. No content is ever of another version. The metadata of
   * at most 10,000 objects is cached.
   *
   * @defaultValue 0: no metadata is cached
   */
  readonly metadataTtl?: number | null | undefined
}

const CLIENT = 'an S3Client of @aws-sdk/client-s3'
const BUCKET = 'the name of a bucket'
const DEFAULT_STALL_TIMEOUT_MS = 30_000

const rules = {
  client: clientRule(),
  bucket: bucketRule(),
  prefix: prefixRule(),
  stallTimeout: integerRule(1, LONGEST_TIMER, DEFAULT_STALL_TIMEOUT_MS),
  metadataTtl: integerRule(0, Number.MAX_SAFE_INTEGER, 0),
}

/** Every option of `s3Source`, checked. */
export interface S3SourceSettings extends Omit<ResolvedOptions<typeof rules>, 'client' | 'bucket'> {
  readonly client: S3Client
  readonly bucket: string
}

/** @throws TypeError that names the option that is not acceptable */
export function resolveS3SourceOptions(options: S3SourceOptions): S3SourceSettings {
  const { client, bucket, ...others } = resolveOptions('s3Source', rules, options)
  if (client === undefined) throw new TypeError(`s3Source: option "client" must be ${CLIENT}`)
  if (bucket === undefined) throw new TypeError(`s3Source: option "bucket" must be ${BUCKET}`)
  return { client, bucket, ...others }
}

/** Several copies of the SDK may be installed, so it is not asked of which class the client is. */
function clientRule(): OptionRule<S3Client | undefined> {
  return {
    expected: CLIENT,
    defaultValue: undefined,
    parse: (value) => (isClient(value) ? value : undefined),
  }
}

function isClient(value: unknown): value is S3Client {
  return (
    typeof value === 'object' &&
    value !== null &&
    'send' in value &&
    typeof value.send === 'function'
  )
}

function bucketRule(): OptionRule<string | undefined> {
  return {
    expected: BUCKET,
    defaultValue: undefined,
    parse: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  }
}

function prefixRule(): OptionRule<string> {
  return {
    expected: 'the beginning of a key, without "." and ".." segments',
    defaultValue: '',
    // Any name is as good: a prefix with which no key is possible would make every object missing.
    parse: (value) => (typeof value === 'string' && isObjectKey(`${value}x`) ? value : undefined),
  }
}
