import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import { isEntityTag, isWeak } from '../../http/entity-tag.js'
import type { SourceFile } from '../custom/source-contract.js'

/** What a store tells of an object in its response to GET or HEAD. */
export type ObjectMetadata = Omit<SourceFile, 'chunks' | 'close'>

// What S3 says of an object that was stored without a type.
const NO_TYPE = 'binary/octet-stream'

/** @param size the size of the whole object, of which the response may be a part */
export function objectMetadata(
  output: GetObjectCommandOutput | HeadObjectCommandOutput,
  size: number | undefined,
): ObjectMetadata {
  const { ETag, LastModified, ContentType } = output
  return {
    size,
    modified: LastModified,
    etag: ETag !== undefined && isEntityTag(ETag) && !isWeak(ETag) ? ETag : undefined,
    type: ContentType === '' || ContentType === NO_TYPE ? undefined : ContentType,
    contentEncoding: storedEncoding(output.ContentEncoding),
    contentLanguage: output.ContentLanguage,
    contentDisposition: output.ContentDisposition,
    cacheControl: output.CacheControl,
  }
}

/** Clients send uploads as `aws-chunked`, and some stores keep that. It is no coding of what is stored. */
function storedEncoding(field: string | undefined): string | undefined {
  const codings = (field ?? '').split(',').map((coding) => coding.trim())
  const stored = codings.filter((coding) => coding !== '' && coding !== 'aws-chunked')
  return stored.length === 0 ? undefined : stored.join(', ')
}

/** Whether two responses of the store are of the same version of an object. */
export function isSameVersion(a: ObjectMetadata, b: ObjectMetadata): boolean {
  if (a.etag !== undefined || b.etag !== undefined) return a.etag === b.etag
  return a.size === b.size && a.modified?.getTime() === b.modified?.getTime()
}
