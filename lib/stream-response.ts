import type { AnswerDetails } from './answer.js'
import {
  type AnswerSettings,
  answerFile,
  type MakeBody,
  settingsOfMade,
  transformed,
} from './answer-file.js'
import { answerStream } from './answer-stream.js'
import { alreadyAnswered, applicationError, httpError, toHttpError } from './errors.js'
import { cacheControlField } from './http/cache-control.js'
import { attachment } from './http/content-disposition.js'
import { mediaTypeNamed } from './http/media-type.js'
import { filePath } from './options/file-path.js'
import { DEFAULT_CHUNK_SIZE } from './options/file-rules.js'
import type { StreamResponseOptions } from './options/options.js'
import { show } from './options/rules.js'
import {
  type BodyKind,
  resolveStreamResponseOptions,
  type StreamResponseSettings,
} from './options/stream-response-options.js'
import { type Outcome, outcomeOf, type StreamError } from './outcome.js'
import { responseEvents } from './response-events.js'
import {
  type ByteStream,
  type ClassifiedBody,
  classifyBody,
  type StreamBody,
} from './source/body.js'
import { functionStream } from './source/body-function.js'
import { openHandle } from './source/handle-file.js'
import { locate } from './source/locate.js'
import { requestOf, tellError } from './wire/express.js'
import { ExactLengthReader } from './wire/readers/exact-length.js'
import { destroyAborted, isGone, isResponse, type Response } from './wire/response.js'
import { ABORTED, failedEarly, type TransferEnd } from './wire/transfer.js'

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
  res: Response,
  body: StreamBody,
  options?: StreamResponseOptions | null,
): Promise<Outcome> {
  if (!isResponse(res)) {
    throw new TypeError(`streamResponse: res must be the response to a request, not ${show(res)}`)
  }
  const source = sourceOf(res, body)
  const settings = resolveStreamResponseOptions(options, kindOf(source), sizeOf(source))
  const startedAt = performance.now()
  const events = responseEvents(requestOf(res), res, settings.onOutcome)
  events?.start()
  const outcome = respond(res, source, settings)
    .catch((error) => failedEarly(applicationError(error)))
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

function sourceOf(res: Response, body: StreamBody): Source {
  const path = filePath(body)
  if (path !== undefined) return { kind: 'path', path }
  if (typeof body !== 'function') return classifyBody(body)
  return { kind: 'stream', stream: functionStream(body, requestOf(res)) }
}

function kindOf(source: Source): BodyKind {
  return sizeOf(source) === undefined ? source.kind : 'sized'
}

function sizeOf(source: Source): number | undefined {
  return source.kind === 'stream' ? source.stream.size : undefined
}

async function respond(
  res: Response,
  source: Source,
  settings: StreamResponseSettings,
): Promise<TransferEnd> {
  const refusal = refusalOf(res)
  if (source.kind === 'stream') {
    if (refusal === undefined) return respondWithStream(res, source.stream, settings)
    await source.stream.open().close()
    return refusal
  }
  if (refusal !== undefined) return refusal
  const { kind } = source
  const found = await (kind === 'path' ? locate(source.path, settings) : openHandle(source.handle))
  if (found.kind === 'directory') return failedEarly(httpError(404))
  if (found.kind === 'nothing') return failedEarly(toHttpError(found.error ?? httpError(404)))
  return answerFile(requestOf(res), res, found.file, answerSettings(settings), {
    ...detailsOf(settings, found.file.path || undefined),
    window: settings,
  })
}

async function respondWithStream(
  res: Response,
  stream: ByteStream,
  settings: StreamResponseSettings,
): Promise<TransferEnd> {
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
function refusalOf(res: Response): TransferEnd | undefined {
  if (isGone(res) && !res.writableEnded) {
    destroyAborted(res)
    return ABORTED
  }
  return res.headersSent || res.writableEnded ? failedEarly(alreadyAnswered()) : undefined
}

/** Passes a failure to whom the options say: rejects, or calls `next`, or answers on a bare server. */
function report(
  res: Response,
  { errors }: StreamResponseSettings,
  { committed }: TransferEnd,
  error: StreamError,
): void {
  if (errors === 'throw') throw error
  // After the first byte the connection was aborted, and error middleware can only log it. What
  // somebody else began to send is theirs to end.
  if (committed || !res.headersSent) tellError(res, error)
}

function answerSettings(settings: StreamResponseSettings): AnswerSettings {
  const { follow, followIdle: idle, signal, transform, chunkSize = DEFAULT_CHUNK_SIZE } = settings
  const cacheControl = cacheControlField(settings)
  const length = lengthOf(settings)
  const answer: AnswerSettings = { ...settings, chunkSize, cacheControl, ...length }
  if (follow) {
    const etag = false
    return settingsOfMade({ ...answer, etag }, (file, { start }) =>
      file.follow(start, { idle, signal }),
    )
  }
  if (transform === undefined) return answer
  const makeBody = transformed(transform, chunkSize)
  return settingsOfMade(answer, exactly(length.exactLength, makeBody))
}

function exactly(length: number | undefined, makeBody: MakeBody): MakeBody {
  if (length === undefined) return makeBody
  return (file, window) => new ExactLengthReader(makeBody(file, window), length)
}

function detailsOf(settings: StreamResponseSettings, name: string | undefined): AnswerDetails {
  const { digest, follow, maxRate, onProgress, signal, stallTimeout, status } = settings
  // To follow is to wait for the signal: it ends the body and does not cut it off.
  const interrupt = follow ? undefined : signal
  const delivery = { digest, maxRate, onProgress, signal: interrupt, stallTimeout }
  return { headers: fieldsOf(settings, name), status, delivery }
}

function fieldsOf(
  settings: StreamResponseSettings,
  name: string | undefined,
): AnswerDetails['headers'] {
  const { download, headers, type } = settings
  if (download === false && type === undefined) return headers
  const fields = new Map(headers)
  if (type !== undefined) fields.set('Content-Type', mediaTypeNamed(type))
  if (download !== false) {
    const own = download === true || download === ''
    fields.set('Content-Disposition', attachment(own ? name : download))
  }
  return fields
}
