import { bodyFromFunction } from './body/body-function.js'
import {
  type ClassifiedBody,
  classifyBody,
  type StreamableBody,
  type StreamBody,
} from './body/classify-body.js'
import { ExactLengthReader } from './body/decorators/exact-length-reader.js'
import { applicationError, headersAlreadySent, httpError, toHttpError } from './errors.js'
import { cacheControlField } from './http/cache-control.js'
import { attachmentDisposition } from './http/content-disposition.js'
import { resolveMediaType } from './http/media-type.js'
import { filePath } from './options/file-path.js'
import { describeValue } from './options/option-rules.js'
import type { StreamResponseOptions } from './options/option-types.js'
import {
  type BodyKind,
  resolveStreamResponseOptions,
  type StreamResponseSettings,
} from './options/stream-response-options.js'
import type { ResponseDetails } from './response/header-rollback.js'
import { passError, requestOf } from './response/next-function.js'
import { type Outcome, outcomeOf, type StreamError } from './response/outcome.js'
import {
  type BodyFactory,
  type FileResponseSettings,
  forGeneratedBody,
  respondWithFile,
  transformBody,
} from './response/respond-with-file.js'
import { answerStream } from './response/respond-with-stream.js'
import { responseEvents } from './response/response-events.js'
import {
  destroyAbortedStream,
  isDisconnected,
  isResponse,
  type ResponseLike,
} from './response/response-like.js'
import { ABORTED, failedBeforeHeaders, type TransferResult } from './response/transfer.js'
import { openHandle } from './source/disk/handle-file.js'
import { openPath } from './source/disk/open-path.js'
import { DEFAULT_CHUNK_SIZE } from './source/read-window.js'

/**
 * Sends a file, or anything that can be read or iterated: what `StreamingResponse` is to FastAPI, and
 * a drop-in for `res.sendFile` and `res.download`.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param body a string is a file-system path, always. Everything else gives the bytes itself: a
 *   `file:` URL, an iterable or async iterable of strings and bytes, a stream of Node's or of the
 *   web, a `Blob`, a `FileHandle`, which stays the caller's to close, or just bytes. It is iterated
 *   once, and its first item is there before the head goes out, so that a body which fails at once
 *   is answered with an error. Items must not be changed once they were yielded. A function
 *   `({ signal, req }) => body` makes the body, and may be async: it is called once, only if a body is
 *   to be sent, and `signal` fires when the client disconnects or the response fails
 * @param options those of `res.sendFile`, and more
 * @returns how it ended; it need not be awaited. Rejects only with `errors: 'throw'`
 * @throws TypeError at once, where an argument is not acceptable; it names which
 */
export function streamResponse(
  res: ResponseLike,
  body: StreamBody,
  options?: StreamResponseOptions | null,
): Promise<Outcome> {
  if (!isResponse(res)) {
    throw new TypeError(
      `streamResponse: res must be the response to a request, not ${describeValue(res)}`,
    )
  }
  const source = sourceOf(res, body)
  const settings = resolveStreamResponseOptions(options, kindOf(source), sizeOf(source))
  const startedAt = performance.now()
  const events = responseEvents(requestOf(res), res, settings.onOutcome)
  events?.start()
  const outcome = respond(res, source, settings)
    .catch((error) => failedBeforeHeaders(applicationError(error)))
    .then((end) => {
      const ended = outcomeOf(res, end, startedAt)
      events?.tell(ended)
      if (ended.error !== undefined && !end.aborted) report(res, settings, end, ended.error)
      return ended
    })
  // Whoever does not await it must not be stopped by it.
  outcome.catch(() => {})
  return outcome
}

type Source = ClassifiedBody | { readonly kind: 'path'; readonly path: string }

function sourceOf(res: ResponseLike, body: StreamBody): Source {
  const path = filePath(body)
  if (path !== undefined) return { kind: 'path', path }
  if (typeof body !== 'function') return classifyBody(body)
  return { kind: 'stream', stream: bodyFromFunction(body, requestOf(res)) }
}

function kindOf(source: Source): BodyKind {
  return sizeOf(source) === undefined ? source.kind : 'sized'
}

function sizeOf(source: Source): number | undefined {
  return source.kind === 'stream' ? source.stream.size : undefined
}

async function respond(
  res: ResponseLike,
  source: Source,
  settings: StreamResponseSettings,
): Promise<TransferResult> {
  const refusal = responseUnavailable(res)
  if (source.kind === 'stream') {
    if (refusal === undefined) return respondWithBody(res, source.stream, settings)
    await source.stream.open().close()
    return refusal
  }
  if (refusal !== undefined) return refusal
  const { kind } = source
  const found = await (kind === 'path'
    ? openPath(source.path, settings)
    : openHandle(source.handle))
  if (found.kind === 'directory') return failedBeforeHeaders(httpError(404))
  if (found.kind === 'missing')
    return failedBeforeHeaders(toHttpError(found.error ?? httpError(404)))
  return respondWithFile(requestOf(res), res, found.file, answerSettings(settings), {
    ...detailsOf(settings, found.file.path || undefined),
    window: settings,
  })
}

async function respondWithBody(
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamResponseSettings,
): Promise<TransferResult> {
  // What is made now is by default as fresh as can be, and who may keep it is not known.
  const kept = settings.maxAge > 0 || settings.immutable
  const cacheControl = kept ? cacheControlField(settings) : undefined
  const { chunkSize } = settings
  const details = detailsOf(settings, stream.name)
  const answer = { cacheControl, chunkSize, ...lengthOf(settings) }
  const end = await answerStream(requestOf(res), res, stream, answer, details)
  if (!end.completed) stream.abort?.()
  return end
}

/** A number is the length of this body; anything else says when a length is sent. */
function lengthOf({ contentLength }: StreamResponseSettings) {
  return typeof contentLength === 'number'
    ? { contentLength: true, exactLength: contentLength }
    : { contentLength, exactLength: undefined }
}

/** Why nothing can be answered any more. */
function responseUnavailable(res: ResponseLike): TransferResult | undefined {
  if (isDisconnected(res) && !res.writableEnded) {
    destroyAbortedStream(res)
    return ABORTED
  }
  return res.headersSent || res.writableEnded
    ? failedBeforeHeaders(headersAlreadySent())
    : undefined
}

/** Passes a failure to whom the options say: rejects, or calls `next`, or answers on a bare server. */
function report(
  res: ResponseLike,
  { errors }: StreamResponseSettings,
  { headersSent }: TransferResult,
  error: StreamError,
): void {
  if (errors === 'throw') throw error
  // After the first byte the connection was aborted, and error middleware can only log it. What
  // somebody else began to send is theirs to end.
  if (headersSent || !res.headersSent) passError(res, error)
}

function answerSettings(settings: StreamResponseSettings): FileResponseSettings {
  const { follow, followIdle: idle, signal, transform, chunkSize = DEFAULT_CHUNK_SIZE } = settings
  const cacheControl = cacheControlField(settings)
  const length = lengthOf(settings)
  const answer: FileResponseSettings = { ...settings, chunkSize, cacheControl, ...length }
  if (follow) {
    const etag = false
    return forGeneratedBody({ ...answer, etag }, (file, { start }) =>
      file.follow(start, { idle, signal }),
    )
  }
  if (transform === undefined) return answer
  const makeBody = transformBody(transform, chunkSize)
  return forGeneratedBody(answer, exactly(length.exactLength, makeBody))
}

function exactly(length: number | undefined, makeBody: BodyFactory): BodyFactory {
  if (length === undefined) return makeBody
  return (file, window) => new ExactLengthReader(makeBody(file, window), length)
}

function detailsOf(settings: StreamResponseSettings, name: string | undefined): ResponseDetails {
  const { digest, follow, maxRate, onProgress, signal, stallTimeout, status } = settings
  // To follow is to wait for the signal: it ends the body and does not cut it off.
  const interrupt = follow ? undefined : signal
  const delivery = { digest, maxRate, onProgress, signal: interrupt, stallTimeout }
  return { headers: headersOf(settings, name), status, delivery }
}

function headersOf(
  settings: StreamResponseSettings,
  name: string | undefined,
): ResponseDetails['headers'] {
  const { download, headers, type } = settings
  if (download === false && type === undefined) return headers
  const fields = new Map(headers)
  if (type !== undefined) fields.set('Content-Type', resolveMediaType(type))
  if (download !== false) {
    const own = download === true || download === ''
    fields.set('Content-Disposition', attachmentDisposition(own ? name : download))
  }
  return fields
}
