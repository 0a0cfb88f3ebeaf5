import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Transform, TransformReader } from '../body/transform-reader.js'
import { headersAlreadySent } from '../errors.js'
import type { Segment } from '../http/byte-ranges.js'
import { type CacheControlFunction, toCacheControl } from '../http/cache-control.js'
import { type Decision, decide, offloadedResponse, type ResponsePolicy } from '../http/decision.js'
import {
  type ByteWindow,
  describeFile,
  type FileInfo,
  fileInfo,
  type RepresentationSettings,
} from '../http/describe.js'
import type { OffloadHeader } from '../http/offload.js'
import { type RequestHeaders, readRequestFields } from '../http/request-fields.js'
import { whenReady } from '../promise-like.js'
import { PooledBuffers } from '../source/buffer-pool.js'
import type { Sendfile } from '../source/disk/sendfile.js'
import type { ChunkReader, OpenFile, Stats, StoredHeaders } from '../source/source.js'
import { withHeaderRollback } from './header-rollback.js'
import { hasNativeWrite } from './native-write.js'
import { applyHeaders, type ResponseInit } from './response-init.js'
import type { ResponseLike } from './response-like.js'
import { responseHeaderGetter, responseRepresentation } from './response-representation.js'
import { needsBodyReader, sendBody } from './send-body.js'
import { MAX_BUFFERED_BYTES, sendBuffered } from './send-buffered.js'
import { sendfileFor } from './sendfile-policy.js'
import type { TransferResult } from './transfer.js'

/**
 * Sets headers of a response with a file, before the other headers are decided; a header that it sets is
 * kept. `path` is the path of the file, and `stat` is what `fs.stat` returns for it. A returned promise is
 * awaited before anything is sent. A function that throws, or whose promise rejects, is a 500.
 */
export type SetHeaders = {
  // A method, so that a function with a parameter of Express's response type is accepted too.
  call(res: ServerResponse, path: string, stat: Stats): unknown
}['call']

/** How to respond with a file: resolved once from the options. */
export interface FileResponseSettings extends ResponsePolicy, RepresentationSettings {
  /** Returns the `cacheControl` of each file. */
  readonly cacheControlOf?: CacheControlFunction | undefined
  readonly setHeaders: SetHeaders | undefined
  /** The system calls for large bodies, or `false` to read and write them. */
  readonly sendfile: Sendfile | false
  /** Tells the server in front to send the file. */
  readonly offload?: OffloadHeader | undefined
  /** Whether the `Cache-Control` that a source has for a file is sent. */
  readonly keepCacheControl: boolean
  /** Generates a body from the file, which is sent instead of the file. */
  readonly makeBody?: BodyFactory | undefined
  /** The length in bytes of what `makeBody` returns, if the application knows it. */
  readonly exactLength?: number | undefined
}

/** Generates a body from a part of a file. Closing the body closes the file. */
export type BodyFactory = (file: OpenFile, window: ByteWindow) => ChunkReader

const NO_INIT: ResponseInit = {}
const WHOLE_FILE: ByteWindow = { start: 0 }
const NO_BYTES = new Uint8Array(0)

/**
 * The settings for a body that is generated from a file. The validators of the file are not those of the
 * generated body, except an ETag that the application computes.
 */
export function forGeneratedBody(
  settings: FileResponseSettings,
  makeBody: BodyFactory,
): FileResponseSettings {
  const etag = typeof settings.etag === 'function' ? settings.etag : false
  return { ...settings, makeBody, etag, lastModified: false, acceptRanges: false }
}

/** Generates a body with a `transform` function. */
export function transformBody(transform: Transform, chunkSize: number): BodyFactory {
  return (file, window) =>
    new TransformReader(file, window, chunkSize, (chunks) => transform(chunks, fileInfo(file)))
}

/**
 * Responds with an open file, and closes it: describe, decide, send. The callbacks of the settings run
 * before anything is decided, and are awaited if they are asynchronous. The headers that they set are
 * rolled back if nothing is sent.
 */
export function respondWithFile(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  init: ResponseInit = NO_INIT,
): Promise<TransferResult> | TransferResult {
  const attempt = () => runCallbacks(request, res, file, settings, init)
  return withHeaderRollback(res, attempt, file)
}

function runCallbacks(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  init: ResponseInit,
): Promise<TransferResult> | TransferResult {
  applyHeaders(res, init.headers)
  if (file.headers !== undefined) applyStoredHeaders(res, file.headers, settings)
  if (!hasCallbacks(settings)) return send(request, res, file, settings, init)
  const pending = settings.setHeaders?.(res as ServerResponse, file.path, file.stats())
  return whenReady(pending, () =>
    withCacheControl(res, file, settings, init, (ofCaches) =>
      withEtag(res, file, ofCaches, (ofFile) => send(request, res, file, ofFile, init)),
    ),
  )
}

function hasCallbacks({ cacheControlOf, etag, setHeaders }: FileResponseSettings): boolean {
  return setHeaders !== undefined || cacheControlOf !== undefined || typeof etag === 'function'
}

type Proceed = (settings: FileResponseSettings) => Promise<TransferResult> | TransferResult

/** An error must not be cached for as long as the file that it is sent instead of. */
function withCacheControl(
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  { status = res.statusCode }: ResponseInit,
  proceed: Proceed,
): Promise<TransferResult> | TransferResult {
  const { cacheControlOf } = settings
  if (cacheControlOf === undefined || status >= 400 || res.hasHeader('Cache-Control')) {
    return proceed(settings)
  }
  return whenReady(cacheControlOf(originalInfo(file)), (field) =>
    proceed({ ...settings, cacheControl: toCacheControl(field) }),
  )
}

function withEtag(
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  proceed: Proceed,
): Promise<TransferResult> | TransferResult {
  const { etag } = settings
  if (typeof etag !== 'function' || res.hasHeader('ETag')) return proceed(settings)
  return whenReady(etag(originalInfo(file)), (tag) => proceed({ ...settings, etag: () => tag }))
}

/** What callbacks are told of a file: its original, if a compressed sibling of it is sent. */
function originalInfo(file: OpenFile): FileInfo {
  return fileInfo(file.negotiated?.original ?? file)
}

/** Sets the headers that a source has for a file, except those that the application has set. */
function applyStoredHeaders(
  res: ResponseLike,
  headers: StoredHeaders,
  { keepCacheControl }: FileResponseSettings,
): void {
  for (const [name, value] of headers) {
    const isKept = keepCacheControl || name !== 'Cache-Control'
    if (isKept && !res.hasHeader(name)) res.setHeader(name, value)
  }
}

function send(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  init: ResponseInit,
): Promise<TransferResult> | TransferResult {
  if (res.headersSent) throw headersAlreadySent()
  const { chunkSize, exactLength, makeBody } = settings
  const { window = WHOLE_FILE, transfer, fireAndForget = false } = init
  const { method } = request
  const status = init.status ?? res.statusCode
  const decision = decideOnFile(request, res, file, settings, init)
  const requested = { method, status }
  const isGenerated = makeBody !== undefined && needsBodyReader(decision, requested, exactLength)
  const bytes = fireAndForget && !isGenerated ? bufferedBytes(file, decision.segments) : undefined
  if (bytes !== undefined) {
    const end = sendBuffered(res, decision, bytes, chunkSize)
    file.close()
    return end
  }
  const body = isGenerated
    ? { reader: makeBody(file, window), chunkSize: undefined }
    : { reader: fileReader(res, file, settings, decision.segments), chunkSize }
  return sendBody(res, { decision, method, ...body, flushEachItem: isGenerated }, transfer)
}

function decideOnFile(
  request: RequestHeaders,
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  { window = WHOLE_FILE, transfer, status = res.statusCode }: ResponseInit,
): Decision {
  const { acceptRanges, exactLength, makeBody, offload } = settings
  const now = Date.now()
  const getHeader = responseHeaderGetter(res)
  const ofFile = describeFile(file, settings, getHeader, now, window)
  const described = makeBody === undefined ? ofFile : { ...ofFile, size: exactLength }
  const isOffloaded = offload !== undefined && canBeOffloaded(file, status)
  const input = {
    request: readRequestFields(request),
    representation: isOffloaded
      ? described
      : responseRepresentation(res, described, acceptRanges, transfer),
    policy: settings,
    status,
    isSet: (name: string) => getHeader(name) !== undefined,
    now,
    boundary: randomBoundary,
  }
  if (!isOffloaded) return decide(input)
  return offloadedResponse(input, [offload.name, offload.value(file.realPath ?? file.path)])
}

function randomBoundary(): string {
  return randomBytes(18).toString('hex')
}

/** nginx sends every file with status 200, and nothing of a file that reports size 0 (`/proc`). */
function canBeOffloaded(file: OpenFile, status: number): boolean {
  return status === 200 && file.size !== undefined
}

function fileReader(
  res: ResponseLike,
  file: OpenFile,
  { chunkSize, sendfile }: FileResponseSettings,
  segments: readonly Segment[],
): ChunkReader {
  const calls = sendfileFor(res, file, segments, sendfile)
  return file.body(segments, chunkSize, bufferPoolFor(res), calls)
}

/** Pooled buffers are only for Node's own `write`: a middleware in between may keep or change them. */
function bufferPoolFor(res: ResponseLike): PooledBuffers {
  return new PooledBuffers(() => hasNativeWrite(res))
}

/** The bytes of a short body that is in memory, for which nothing has to be read. */
function bufferedBytes({ bytes }: OpenFile, segments: readonly Segment[]): Uint8Array | undefined {
  const [segment, second] = segments
  if (segment === undefined) return NO_BYTES
  if (bytes === undefined || second !== undefined || segment instanceof Uint8Array) return undefined
  const { start, end } = segment
  if (end - start >= MAX_BUFFERED_BYTES) return undefined
  return start === 0 && end === bytes.length - 1 ? bytes : bytes.subarray(start, end + 1)
}
