import { randomBytes } from 'node:crypto'
import { headersAlreadySent } from '../errors.js'
import type { Segment } from '../http/byte-ranges.js'
import { type Decision, decide, offloadedResponse } from '../http/decision.js'
import { type ByteWindow, describeFile } from '../http/describe.js'
import { isUnambiguousPath } from '../http/offload.js'
import { type RequestHeaders, readRequestFields } from '../http/request-fields.js'
import { PooledBuffers } from '../source/buffer-pool.js'
import type { ChunkReader, OpenFile, StoredHeaders } from '../source/source.js'
import { withFileCallbacks } from './file-callbacks.js'
import type { FileResponseSettings } from './file-response-settings.js'
import { withHeaderRollback } from './header-rollback.js'
import { hasNativeWrite } from './native-write.js'
import { applyHeaders, type ResponseInit } from './response-init.js'
import type { ResponseLike } from './response-like.js'
import { responseHeaderGetter, responseRepresentation } from './response-representation.js'
import { needsBodyReader, sendBody } from './send-body.js'
import { MAX_BUFFERED_BYTES, sendBuffered } from './send-buffered.js'
import { sendfileFor } from './sendfile-policy.js'
import type { TransferResult } from './transfer.js'

const NO_INIT: ResponseInit = {
  headers: undefined,
  status: undefined,
  window: undefined,
  transfer: undefined,
}
const WHOLE_FILE: ByteWindow = { start: 0 }
const NO_BYTES = new Uint8Array(0)

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
  const attempt = () => {
    applyHeaders(res, init.headers)
    if (file.headers !== undefined) applyStoredHeaders(res, file.headers, settings)
    return withFileCallbacks(res, file, settings, init.status, (ofFile) =>
      send(request, res, file, ofFile, init),
    )
  }
  return withHeaderRollback(res, attempt, file)
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
  return offloadedResponse(input, [offload.name, offload.value(offloadedPath(file))])
}

function randomBoundary(): string {
  return randomBytes(18).toString('hex')
}

/** nginx sends every file with status 200, and nothing of a file that reports size 0 (`/proc`). */
function canBeOffloaded(file: OpenFile, status: number): boolean {
  return status === 200 && file.size !== undefined && isUnambiguousPath(offloadedPath(file))
}

function offloadedPath({ path, realPath = path }: OpenFile): string {
  return realPath
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
