import type { StreamableBody } from '../body/classify-body.js'
import { digestHeader } from '../body/decorators/digest-reader.js'
import { ExactLengthReader } from '../body/decorators/exact-length-reader.js'
import { EmptyReader, FirstErrorReader } from '../body/decorators/reader-decorator.js'
import { RechunkingReader } from '../body/decorators/rechunking-reader.js'
import { type Decision, decide, mayHaveBody, type ResponsePolicy } from '../http/decision.js'
import { describeStream } from '../http/describe.js'
import { type RequestHeaders, readRequestFields } from '../http/request-fields.js'
import { DEFAULT_CHUNK_SIZE } from '../source/read-window.js'
import type { ChunkReader } from '../source/source.js'
import {
  allowForReencoding,
  applyHeaders,
  needsBodyReader,
  type ResponseDetails,
  responseHeaderGetter,
  sendBody,
  withHeaderRollback,
} from './header-rollback.js'
import type { ResponseLike } from './response-like.js'
import { REPR_DIGEST, type TransferOptions } from './send-body.js'
import type { TransferResult } from './transfer.js'

/** How a body that is no file is answered. */
export interface StreamBodySettings extends Omit<ResponsePolicy, 'acceptRanges' | 'chunkSize'> {
  /** To regroup the items; without it one item is one chunk. */
  readonly chunkSize: number | undefined
  /** The bytes of the body, where the application knows them. */
  readonly exactLength: number | undefined
}

/**
 * Responds with a body that is not a file, and closes it however the response ends. It has no ranges,
 * and only the validators that the application has set.
 */
export async function respondWithStream(
  request: RequestHeaders,
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamBodySettings,
  details: ResponseDetails,
): Promise<TransferResult> {
  const reader = stream.open()
  const attempt = () => send(request, res, stream, reader, settings, details)
  const end = await withHeaderRollback(res, attempt, () => reader.close())
  if (!end.completed) stream.abort?.()
  return end
}

function send(
  request: RequestHeaders,
  res: ResponseLike,
  stream: StreamableBody,
  reader: ChunkReader,
  settings: StreamBodySettings,
  { headers, status = res.statusCode, delivery = {} }: ResponseDetails,
): Promise<TransferResult> {
  const { chunkSize, exactLength } = settings
  applyHeaders(res, headers)
  const now = Date.now()
  const sized = exactLength === undefined ? stream : { ...stream, size: exactLength }
  const described = describeStream(sized, responseHeaderGetter(res), now)
  const decision = decide({
    request: readRequestFields(request),
    representation: allowForReencoding(res, described, false, delivery),
    policy: { ...settings, acceptRanges: false, chunkSize: chunkSize ?? DEFAULT_CHUNK_SIZE },
    status,
    isSet: (name) => res.hasHeader(name),
    now,
    boundary: () => '',
  })
  if (decision.status === status) setKnownDigest(res, stream, delivery)
  const method = stream.deferred ? undefined : request.method
  const body = readerFor(decision, { method, status }, reader, settings)
  return sendBody(
    res,
    {
      decision,
      method: request.method,
      reader: body,
      chunkSize,
      flushEachItem: chunkSize === undefined,
    },
    delivery,
  )
}

function setKnownDigest(
  res: ResponseLike,
  { bytes }: StreamableBody,
  { digest }: TransferOptions,
): void {
  if (bytes === undefined || digest === undefined || res.hasHeader(REPR_DIGEST)) return
  res.setHeader(REPR_DIGEST, digestHeader(bytes, digest))
}

/**
 * HEAD takes the first item, to have the status that GET has; no other answer without a body does. For
 * a body that is yet to be made no method is given: to make one only to see it fail costs too much.
 */
function readerFor(
  decision: Decision,
  requested: { readonly method: string | undefined; readonly status: number },
  reader: ChunkReader,
  { chunkSize, exactLength }: StreamBodySettings,
): ChunkReader {
  const exact = exactLength === undefined ? reader : new ExactLengthReader(reader, exactLength)
  if (needsBodyReader(decision, requested, exactLength)) {
    return chunkSize === undefined ? exact : new RechunkingReader(exact, chunkSize)
  }
  const { method, status } = requested
  const sameAsGet = method === 'HEAD' && decision.status === status && mayHaveBody('GET', status)
  return sameAsGet ? new FirstErrorReader(exact) : new EmptyReader(reader)
}
