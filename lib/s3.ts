import { resolveS3SourceOptions, type S3SourceOptions } from './options/s3-source-options.js'
import type { NamedFiles } from './source/custom/source-contract.js'
import { Bucket } from './source/s3/bucket.js'
import { MetadataCache } from './source/s3/metadata-cache.js'
import { S3Source } from './source/s3/s3-source.js'

export type { S3SourceOptions } from './options/s3-source-options.js'

/**
 * The objects of a bucket as a source of files: for `streamFiles`, and with `file(name)` for
 * `streamResponse`. Works with AWS S3 and with every store that speaks its protocol.
 *
 * A GET takes one request to the store. HEAD, conditional requests and requests of several ranges take one
 * more, which `metadataTtl` may save.
 *
 * @param options the client, the bucket, and how long metadata is cached
 * @returns a source for `streamFiles`, whose `file(name)` is a body for `streamResponse`
 * @throws TypeError if an option is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * import { S3Client } from '@aws-sdk/client-s3'
 * import { s3Source } from 'express-stream-files/s3'
 *
 * const files = s3Source({ client: new S3Client({}), bucket: 'my-bucket', prefix: 'public/' })
 * app.use(streamFiles(files))
 * app.get('/report', (req, res) => streamResponse(res, files.file('reports/2026.pdf')))
 * ```
 */
export function s3Source(options: S3SourceOptions): NamedFiles {
  const { client, bucket, prefix, stallTimeout, metadataTtl } = resolveS3SourceOptions(options)
  const cache = metadataTtl === 0 ? undefined : new MetadataCache(metadataTtl)
  return new S3Source(new Bucket(client, bucket, stallTimeout), prefix, cache)
}
