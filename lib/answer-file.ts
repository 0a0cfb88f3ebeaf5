import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  type AnswerDetails,
  answering,
  applyFields,
  asCarried,
  deliver,
  readsBody,
  setFieldsOf,
} from './answer.js'
import { alreadyAnswered } from './errors.js'
import { type AnswerPolicy, decide } from './http/decision.js'
import { type DescribeSettings, describe, fileInfo, type Window } from './http/describe.js'
import { type RequestHead, requestFields } from './http/request-fields.js'
import type { SetHeaders, Transform } from './options/options.js'
import { whenReady } from './promise-like.js'
import { BlockLoan } from './source/block-memory.js'
import type { ChunkReader, OpenFile, Segment } from './source/source.js'
import { TransformedBody } from './source/transformed-body.js'
import { AT_ONCE_AT_MOST, sendAtOnce } from './wire/at-once.js'
import { hasNativeWrite } from './wire/native-write.js'
import type { Response } from './wire/response.js'
import type { TransferEnd } from './wire/transfer.js'

/** How files are answered: resolved once from the options. */
export interface AnswerSettings extends AnswerPolicy, DescribeSettings {
  readonly setHeaders: SetHeaders | undefined
  /** Makes something else of a file than its bytes as they are. */
  readonly makeBody?: MakeBody | undefined
  /** The bytes of what `makeBody` makes, where the application knows them. */
  readonly exactLength?: number | undefined
}

/** Makes a body out of a part of a file, and closes the file when that is closed. */
export type MakeBody = (file: OpenFile, window: Window) => ChunkReader

const NOTHING: AnswerDetails = {}
const WHOLE: Window = { start: 0 }
const NO_BYTES = new Uint8Array(0)

/**
 * The settings for a body that is made on the way: the file's validators are not its own. A tag of the
 * application's own making is taken to know that.
 */
export function settingsOfMade(settings: AnswerSettings, makeBody: MakeBody): AnswerSettings {
  const etag = typeof settings.etag === 'function' ? settings.etag : false
  return { ...settings, makeBody, etag, lastModified: false, acceptRanges: false }
}

/** Makes a body of what a transform makes of a file. */
export function transformed(transform: Transform, chunkSize: number): MakeBody {
  return (file, window) =>
    new TransformedBody(file, window, chunkSize, (chunks) => transform(chunks, fileInfo(file)))
}

/**
 * Answers a request with an open file, and closes it: describe, decide, send. The settings' hooks
 * run before anything is decided, and are awaited if they are asynchronous; what they set is taken
 * back if nothing is sent.
 */
export function answerFile(
  request: RequestHead,
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails = NOTHING,
): Promise<TransferEnd> {
  const attempt = () => send(request, res, file, settings, details)
  return answering(res, attempt, () => file.close())
}

function send(
  request: RequestHead,
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails,
): Promise<TransferEnd> | TransferEnd {
  applyFields(res, details.headers)
  const set = settings.setHeaders?.(res as ServerResponse, file.path, file.stats())
  return whenReady(set, () => {
    const { etag } = settings
    if (typeof etag !== 'function' || res.hasHeader('ETag')) {
      return sendDescribed(request, res, file, settings, details)
    }
    return whenReady(etag(fileInfo(file)), (tag) =>
      sendDescribed(request, res, file, { ...settings, etag: () => tag }, details),
    )
  })
}

function sendDescribed(
  request: RequestHead,
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails,
): Promise<TransferEnd> | TransferEnd {
  const { acceptRanges, chunkSize, exactLength, makeBody } = settings
  const { window = WHOLE, delivery, unattended = false } = details
  if (res.headersSent || res.writableEnded) throw alreadyAnswered()
  const now = Date.now()
  const ofFile = describe(file, settings, setFieldsOf(res), now, window)
  const described = makeBody === undefined ? ofFile : { ...ofFile, size: exactLength }
  const status = details.status ?? res.statusCode
  const decision = decide({
    request: requestFields(request),
    representation: asCarried(res, described, acceptRanges, delivery),
    policy: settings,
    status,
    isSet: (name) => res.hasHeader(name),
    now,
    boundary: () => randomBytes(18).toString('hex'),
  })
  const { segments } = decision
  const asked = { method: request.method, status }
  const made = makeBody !== undefined && readsBody(decision, asked, exactLength)
  const bytes = unattended && !made ? bytesAtHand(file, segments) : undefined
  if (bytes !== undefined) {
    const end = sendAtOnce(res, decision, bytes, chunkSize)
    file.close()
    return end
  }
  return deliver(
    res,
    {
      decision,
      method: request.method,
      reader: made ? makeBody(file, window) : file.body(segments, chunkSize, memoryFor(res)),
      chunkSize: made ? undefined : chunkSize,
      prompt: made,
    },
    delivery,
  )
}

/** What is written to Node is not seen by anybody else; a middleware in between may keep or change it. */
function memoryFor(res: Response): BlockLoan {
  return new BlockLoan(() => hasNativeWrite(res))
}

/** The bytes of a body for which nothing has to be read, if they are few. */
function bytesAtHand({ bytes }: OpenFile, segments: readonly Segment[]): Uint8Array | undefined {
  const [segment, second] = segments
  if (segment === undefined) return NO_BYTES
  if (bytes === undefined || second !== undefined || segment instanceof Uint8Array) return undefined
  const { start, end } = segment
  if (end - start >= AT_ONCE_AT_MOST) return undefined
  return start === 0 && end === bytes.length - 1 ? bytes : bytes.subarray(start, end + 1)
}
