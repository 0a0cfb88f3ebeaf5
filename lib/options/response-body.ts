import { bodyFromFunction } from '../body/body-function.js'
import { type ClassifiedBody, classifyBody, type StreamBody } from '../body/classify-body.js'
import { partsOf } from '../source/built-in-source.js'
import { isOffDisk } from '../source/custom/off-disk.js'
import type { FileReference } from '../source/custom/source-contract.js'
import { filePath } from './file-path.js'
import { isSource } from './files-root.js'
import type { BodyKind } from './stream-response-options.js'

/** The body argument of `streamResponse`: a path, a file of a source, a `FileHandle` or a stream. */
export type ResponseBody =
  | ClassifiedBody
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'source'; readonly reference: FileReference }

/**
 * Classifies a body argument. Nothing is opened, read or called yet.
 *
 * @param req what a body function receives as its `req`
 * @throws TypeError if the value cannot be sent
 */
export function resolveResponseBody(body: StreamBody, req: object): ResponseBody {
  const path = filePath(body)
  if (path !== undefined) return { kind: 'path', path }
  if (isFileReference(body)) return { kind: 'source', reference: body }
  if (typeof body !== 'function') return classifyBody(body)
  return { kind: 'stream', stream: bodyFromFunction(body, req) }
}

/** The kind that decides which options apply. */
export function bodyKind(body: ResponseBody): BodyKind {
  if (body.kind === 'source')
    return partsOf(body.reference.source).every(isOffDisk) ? 'off-disk' : 'source'
  if (body.kind !== 'stream') return body.kind
  if (body.stream.bytes !== undefined) return 'bytes'
  return body.stream.size === undefined ? 'stream' : 'sized'
}

/** The bytes of a stream that knows its length. */
export function bodySize(body: ResponseBody): number | undefined {
  return body.kind === 'stream' ? body.stream.size : undefined
}

function isFileReference(body: StreamBody): body is FileReference {
  return (
    typeof body === 'object' &&
    body !== null &&
    'source' in body &&
    isSource(body.source) &&
    'name' in body &&
    typeof body.name === 'string'
  )
}
