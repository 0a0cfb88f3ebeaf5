import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Transform, TransformReader } from '../body/transform-reader.js'
import { headersAlreadySent } from '../errors.js'
import type { Segment } from '../http/byte-ranges.js'
import { decide, type ResponsePolicy } from '../http/decision.js'
import {
  type ByteWindow,
  describeFile,
  fileInfo,
  type RepresentationSettings,
} from '../http/describe.js'
import { type RequestHeaders, readRequestFields } from '../http/request-fields.js'
import { whenReady } from '../promise-like.js'
import { PooledBuffers } from '../source/buffer-pool.js'
import type { ChunkReader, OpenFile, Stats } from '../source/source.js'
import {
  allowForReencoding,
  applyHeaders,
  needsBodyReader,
  type ResponseDetails,
  responseHeaderGetter,
  sendBody,
  withHeaderRollback,
} from './header-rollback.js'
import { hasNativeWrite } from './native-write.js'
import type { ResponseLike } from './response-like.js'
import { MAX_BUFFERED_BYTES, sendBuffered } from './send-buffered.js'
import type { TransferResult } from './transfer.js'

/**
 * Sets header fields of a file's answer, before the others are decided: what it sets is kept. `path`
 * is where the file is, `stat` what `fs.stat` says of it. A promise that it returns is awaited before
 * anything is sent; a function that throws, or whose promise rejects, is an error of 500.
 */
export type SetHeaders = {
  // A method, so that a function that takes an Express response is accepted too.
  call(res: ServerResponse, path: string, stat: Stats): unknown
}['call']

/** How files are answered: resolved once from the options. */
export interface FileResponseSettings extends ResponsePolicy, RepresentationSettings {
  readonly setHeaders: SetHeaders | undefined
  /** Makes something else of a file than its bytes as they are. */
  readonly makeBody?: BodyFactory | undefined
  /** The bytes of what `makeBody` makes, where the application knows them. */
  readonly exactLength?: number | undefined
}

/** Makes a body out of a part of a file, and closes the file when that is closed. */
export type BodyFactory = (file: OpenFile, window: ByteWindow) => ChunkReader

const NOTHING: ResponseDetails = {}
const WHOLE_FILE: ByteWindow = { start: 0 }
const NO_BYTES = new Uint8Array(0)

/**
 * The settings for a body that is made on the way: the file's validators are not its own. A tag of the
 * application's own making is taken to know that.
 */
export function forGeneratedBody(
  settings: FileResponseSettings,
  makeBody: BodyFactory,
): FileResponseSettings {
  const etag = typeof settings.etag === 'function' ? settings.etag : false
  return { ...settings, makeBody, etag, lastModified: false, acceptRanges: false }
}

/** Makes a body of what a transform makes of a file. */
export function transformBody(transform: Transform, chunkSize: number): BodyFactory {
  return (file, window) =>
    new TransformReader(file, window, chunkSize, (chunks) => transform(chunks, fileInfo(file)))
}

/**
 * Answers a request with an open file, and closes it: describe, decide, send. The settings' hooks
 * run before anything is decided, and are awaited if they are asynchronous; what they set is taken
 * back if nothing is sent.
 */
export function respondWithFile(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  details: ResponseDetails = NOTHING,
): Promise<TransferResult> {
  const attempt = () => send(request, res, file, settings, details)
  return withHeaderRollback(res, attempt, () => file.close())
}

function send(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  details: ResponseDetails,
): Promise<TransferResult> | TransferResult {
  applyHeaders(res, details.headers)
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
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  details: ResponseDetails,
): Promise<TransferResult> | TransferResult {
  const { acceptRanges, chunkSize, exactLength, makeBody } = settings
  const { window = WHOLE_FILE, delivery, fireAndForget = false } = details
  if (res.headersSent || res.writableEnded) throw headersAlreadySent()
  const now = Date.now()
  const ofFile = describeFile(file, settings, responseHeaderGetter(res), now, window)
  const described = makeBody === undefined ? ofFile : { ...ofFile, size: exactLength }
  const status = details.status ?? res.statusCode
  const decision = decide({
    request: readRequestFields(request),
    representation: allowForReencoding(res, described, acceptRanges, delivery),
    policy: settings,
    status,
    isSet: (name) => res.hasHeader(name),
    now,
    boundary: () => randomBytes(18).toString('hex'),
  })
  const { segments } = decision
  const asked = { method: request.method, status }
  const made = makeBody !== undefined && needsBodyReader(decision, asked, exactLength)
  const bytes = fireAndForget && !made ? bufferedBytes(file, segments) : undefined
  if (bytes !== undefined) {
    const end = sendBuffered(res, decision, bytes, chunkSize)
    file.close()
    return end
  }
  return sendBody(
    res,
    {
      decision,
      method: request.method,
      reader: made ? makeBody(file, window) : file.body(segments, chunkSize, bufferPoolFor(res)),
      chunkSize: made ? undefined : chunkSize,
      flushEachItem: made,
    },
    delivery,
  )
}

/** What is written to Node is not seen by anybody else; a middleware in between may keep or change it. */
function bufferPoolFor(res: ResponseLike): PooledBuffers {
  return new PooledBuffers(() => hasNativeWrite(res))
}

/** The bytes of a body for which nothing has to be read, if they are few. */
function bufferedBytes({ bytes }: OpenFile, segments: readonly Segment[]): Uint8Array | undefined {
  const [segment, second] = segments
  if (segment === undefined) return NO_BYTES
  if (bytes === undefined || second !== undefined || segment instanceof Uint8Array) return undefined
  const { start, end } = segment
  if (end - start >= MAX_BUFFERED_BYTES) return undefined
  return start === 0 && end === bytes.length - 1 ? bytes : bytes.subarray(start, end + 1)
}
