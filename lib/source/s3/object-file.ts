import type { ByteRange } from '../../http/byte-ranges.js'
import type { SourceFile } from '../custom/source-contract.js'
import type { Bucket } from './bucket.js'
import type { ObjectBody } from './object-body.js'
import type { ObjectMetadata } from './object-metadata.js'
import { rangeField } from './object-range.js'
import { ObjectChangedError, storeError, UnexpectedResponseError } from './store-error.js'

/**
 * One version of an object as a file.
 *
 * @param body the bytes that came with the metadata; other bytes are got when they are read
 */
export function objectFile(
  bucket: Bucket,
  key: string,
  metadata: ObjectMetadata,
  body: ObjectBody | undefined,
): SourceFile {
  let received = body
  return {
    ...metadata,
    chunks: ({ signal, ...range }) => {
      const first = received
      received = undefined
      if (first !== undefined && isRange(first, range)) return first.chunks(signal)
      first?.close()
      return furtherBytes(bucket, key, metadata, range, signal)
    },
    close: () => received?.close(),
  }
}

async function* furtherBytes(
  bucket: Bucket,
  key: string,
  version: ObjectMetadata,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const field = rangeField(range, version.size)
  const result = await bucket.get(key, { range: field, version, signal })
  if (result.kind !== 'object') throw storeError(new ObjectChangedError())
  if (isRange(result.body, range)) return yield* result.body.chunks(signal)
  result.body.close()
  throw storeError(new UnexpectedResponseError('The store sent other bytes than were asked for'))
}

function isRange(a: ByteRange, b: ByteRange): boolean {
  return a.start === b.start && a.end === b.end
}
