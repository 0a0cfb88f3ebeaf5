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
import { withHeaderRollback } from './header-rollback.js'
import { applyHeaders, type ResponseInit } from './response-init.js'
import type { ResponseLike } from './response-like.js'
import { responseHeaderGetter, responseRepresentation } from './response-representation.js'
import { needsBodyReader, REPR_DIGEST, sendBody, type TransferOptions } from './send-body.js'
import type { TransferResult } from './transfer.js'

/** How to respond with a body that is not a file. */
export interface StreamBodySettings extends Omit<ResponsePolicy, 'acceptRanges' | 'chunkSize'> {
  /** Regroups the items into chunks of this size. Without it, one item is one chunk. */
  readonly chunkSize: number | undefined
  /** The length of the body in bytes, if the application knows it. */
  readonly exactLength: number | undefined
}

/**
 * Responds with a body that is not a file, and closes it however the response ends. It has no ranges,
 * and only the validators that the application has set.
 */
export function respondWithStream(
  request: RequestHeaders,
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamBodySettings,
  init: ResponseInit,
): Promise<TransferResult> | TransferResult {
  const reader = stream.open()
  const attempt = () => send(request, res, stream, reader, settings, init)
  const end = withHeaderRollback(res, attempt, reader)
  return stream.abort === undefined ? end : abortIncomplete(stream, end)
}

async function abortIncomplete(
  stream: StreamableBody,
  pending: Promise<TransferResult> | TransferResult,
): Promise<TransferResult> {
  const end = await pending
  if (!end.completed) stream.abort?.()
  return end
}

function send(
  request: RequestHeaders,
  res: ResponseLike,
  stream: StreamableBody,
  reader: ChunkReader,
  settings: StreamBodySettings,
  { headers, status = res.statusCode, transfer = {} }: ResponseInit,
): Promise<TransferResult> {
  applyHeaders(res, headers)
  const decision = decideOnStream(request, res, stream, settings, { status, transfer })
  if (decision.status === status) setKnownDigest(res, stream, transfer)
  const { method } = request
  const requested = { method, status, deferred: stream.deferred }
  const { chunkSize } = settings
  const body = {
    decision,
    method,
    reader: readerFor(decision, requested, reader, settings),
    chunkSize,
    flushEachItem: chunkSize === undefined,
  }
  return sendBody(res, body, transfer)
}

function decideOnStream(
  request: RequestHeaders,
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamBodySettings,
  { status, transfer }: { readonly status: number; readonly transfer: TransferOptions },
): Decision {
  const { chunkSize = DEFAULT_CHUNK_SIZE, exactLength } = settings
  const now = Date.now()
  const sized = exactLength === undefined ? stream : { ...stream, size: exactLength }
  const getHeader = responseHeaderGetter(res)
  const described = describeStream(sized, getHeader, now)
  return decide({
    request: readRequestFields(request),
    representation: responseRepresentation(res, described, false, transfer),
    policy: { ...settings, acceptRanges: false, chunkSize },
    status,
    isSet: (name) => getHeader(name) !== undefined,
    now,
    boundary: () => '',
  })
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
 * The reader of the body that is sent. HEAD reads the first item, so that its status is that of GET; no
 * other response without a body does. A deferred body is not read: generating a body only to see whether it
 * fails costs too much.
 */
function readerFor(
  decision: Decision,
  requested: {
    readonly method: string | undefined
    readonly status: number
    readonly deferred?: boolean | undefined
  },
  reader: ChunkReader,
  { chunkSize, exactLength }: StreamBodySettings,
): ChunkReader {
  const exact = exactLength === undefined ? reader : new ExactLengthReader(reader, exactLength)
  if (needsBodyReader(decision, requested, exactLength)) {
    return chunkSize === undefined ? exact : new RechunkingReader(exact, chunkSize)
  }
  const { method, status, deferred = false } = requested
  const sameAsGet = method === 'HEAD' && decision.status === status && mayHaveBody('GET', status)
  return sameAsGet && !deferred ? new FirstErrorReader(exact) : new EmptyReader(reader)
}
