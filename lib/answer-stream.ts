import {
  type AnswerDetails,
  answering,
  applyFields,
  asCarried,
  deliver,
  readsBody,
  setFieldsOf,
} from './answer.js'
import { type AnswerPolicy, type Decision, decide, mayHaveBody } from './http/decision.js'
import { describeStream } from './http/describe.js'
import { type RequestHead, requestFields } from './http/request-fields.js'
import { DEFAULT_CHUNK_SIZE } from './options/file-rules.js'
import type { ByteStream } from './source/body.js'
import type { ChunkReader } from './source/source.js'
import { type Delivery, DIGEST_FIELD } from './wire/delivery.js'
import { digestOf } from './wire/readers/digested.js'
import { ExactLengthReader } from './wire/readers/exact-length.js'
import { FailureOf, NothingOf } from './wire/readers/reader-around.js'
import { Regrouped } from './wire/readers/regrouped.js'
import type { Response } from './wire/response.js'
import type { TransferEnd } from './wire/transfer.js'

/** How a body that is no file is answered. */
export interface AnswerStreamSettings extends Omit<AnswerPolicy, 'acceptRanges' | 'chunkSize'> {
  /** To regroup the items; without it one item is one chunk. */
  readonly chunkSize: number | undefined
  /** The bytes of the body, where the application knows them. */
  readonly exactLength: number | undefined
}

/**
 * Answers a request with a body that is no file, and lets go of it on every way out. It has no
 * ranges, and the validators that the application has set.
 */
export function answerStream(
  request: RequestHead,
  res: Response,
  stream: ByteStream,
  settings: AnswerStreamSettings,
  details: AnswerDetails,
): Promise<TransferEnd> {
  const reader = stream.open()
  const attempt = () => send(request, res, stream, reader, settings, details)
  return answering(res, attempt, () => reader.close())
}

function send(
  request: RequestHead,
  res: Response,
  stream: ByteStream,
  reader: ChunkReader,
  settings: AnswerStreamSettings,
  { headers, status = res.statusCode, delivery = {} }: AnswerDetails,
): Promise<TransferEnd> {
  const { chunkSize, exactLength } = settings
  applyFields(res, headers)
  const now = Date.now()
  const sized = exactLength === undefined ? stream : { ...stream, size: exactLength }
  const described = describeStream(sized, setFieldsOf(res), now)
  const decision = decide({
    request: requestFields(request),
    representation: asCarried(res, described, false, delivery),
    policy: { ...settings, acceptRanges: false, chunkSize: chunkSize ?? DEFAULT_CHUNK_SIZE },
    status,
    isSet: (name) => res.hasHeader(name),
    now,
    boundary: () => '',
  })
  if (decision.status === status) setKnownDigest(res, stream, delivery)
  const method = stream.deferred ? undefined : request.method
  const body = readerFor(decision, { method, status }, reader, settings)
  return deliver(
    res,
    { decision, method: request.method, reader: body, chunkSize, prompt: chunkSize === undefined },
    delivery,
  )
}

function setKnownDigest(res: Response, { bytes }: ByteStream, { digest }: Delivery): void {
  if (bytes === undefined || digest === undefined || res.hasHeader(DIGEST_FIELD)) return
  res.setHeader(DIGEST_FIELD, digestOf(bytes, digest))
}

/**
 * HEAD takes the first item, to have the status that GET has; no other answer without a body does. For
 * a body that is yet to be made no method is given: to make one only to see it fail costs too much.
 */
function readerFor(
  decision: Decision,
  requested: { readonly method: string | undefined; readonly status: number },
  reader: ChunkReader,
  { chunkSize, exactLength }: AnswerStreamSettings,
): ChunkReader {
  const exact = exactLength === undefined ? reader : new ExactLengthReader(reader, exactLength)
  if (readsBody(decision, requested, exactLength)) {
    return chunkSize === undefined ? exact : new Regrouped(exact, chunkSize)
  }
  const { method, status } = requested
  const sameAsGet = method === 'HEAD' && decision.status === status && mayHaveBody('GET', status)
  return sameAsGet ? new FailureOf(exact) : new NothingOf(reader)
}
