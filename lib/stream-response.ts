import type { StreamableBody, StreamBody } from './body/classify-body.js'
import { httpError, toHttpError } from './errors.js'
import type { StreamResponseOptions } from './options/option-types.js'
import { assertResponse } from './options/response-argument.js'
import {
  bodyKind,
  bodySize,
  type ResponseBody,
  resolveResponseBody,
} from './options/response-body.js'
import { responseInit } from './options/response-init.js'
import { fileResponseSettings, streamBodySettings } from './options/response-settings.js'
import {
  resolveStreamResponseOptions,
  type StreamResponseSettings,
} from './options/stream-response-options.js'
import { requestOf } from './response/next-function.js'
import type { Outcome } from './response/outcome.js'
import { reportOutcome } from './response/report-outcome.js'
import { RequestContext } from './response/request-context.js'
import { respondWithFile } from './response/respond-with-file.js'
import { respondWithStream } from './response/respond-with-stream.js'
import type { ResponseLike } from './response/response-like.js'
import { responseUnavailable } from './response/response-unavailable.js'
import { failedBeforeHeaders, type TransferResult } from './response/transfer.js'
import { openHandle } from './source/disk/handle-file.js'
import { openPath } from './source/disk/open-path.js'
import { openReference } from './source/open-reference.js'
import type { OpenResult } from './source/source.js'

/**
 * Sends a file, or any body that can be read or iterated: what `StreamingResponse` is to FastAPI, and a
 * drop-in replacement for `res.sendFile` and `res.download`.
 *
 * A string is always a path, never text. A body other than a file is read once, and its first item is
 * read before the headers are sent, so a body that fails at once is a real 500. An item must not be
 * modified after it was yielded.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param body one of
 *   - a file: a path, a `file:` URL, `source.file(name)`, or a `FileHandle`, which the caller closes
 *   - an iterable or async iterable of strings and bytes, a Node.js stream, or a web `ReadableStream`
 *   - bytes: a `Uint8Array`, an `ArrayBuffer` or a `Blob`
 *   - a function `({ signal, req }) => body`, which may be async. It is called once, and only if a body is
 *     needed. `signal` fires when the client disconnects or the response fails
 * @param options those of `res.sendFile`, and more. An option that does not apply to the kind of body throws
 * @returns a promise of the outcome, which need not be awaited. It rejects only with `errors: 'throw'`, with
 *   an `http-errors` error whose `code` is the errno
 * @throws TypeError immediately if an argument is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * app.get('/report', (req, res) => streamResponse(res, '/data/report.csv', { download: true }))
 * app.get('/rows', (req, res) => streamResponse(res, rows(), { type: 'csv' }))
 *
 * const { status, bytesSent, aborted } = await streamResponse(res, body)
 * ```
 */
export function streamResponse<Body extends StreamBody>(
  res: ResponseLike,
  body: Body,
  options?: StreamResponseOptions<Body> | null,
): Promise<Outcome> {
  assertResponse('streamResponse', res)
  const content = resolveResponseBody(body, requestOf(res))
  const settings = resolveStreamResponseOptions(options, bodyKind(content), bodySize(content))
  return reportOutcome(res, settings, () => respond(res, content, settings))
}

/** One response from start to end: whether `res` is available, the file to open, the response. */
async function respond(
  res: ResponseLike,
  content: ResponseBody,
  settings: StreamResponseSettings,
): Promise<TransferResult> {
  const unavailable = responseUnavailable(res)
  if (content.kind === 'stream') {
    const { stream } = content
    if (unavailable === undefined) return respondWithBody(res, stream, settings)
    await stream.open().close()
    return unavailable
  }
  if (unavailable !== undefined) return unavailable
  const found = await openFile(res, content, settings)
  if (found.kind === 'directory') return failedBeforeHeaders(httpError(404))
  if (found.kind === 'missing') {
    const closed = responseUnavailable(res)
    if (closed?.aborted) return closed
    return failedBeforeHeaders(toHttpError(found.error ?? httpError(404)))
  }
  const { file } = found
  const init = { ...responseInit(settings, file.path || undefined), window: settings }
  return respondWithFile(requestOf(res), res, file, fileResponseSettings(settings), init)
}

function openFile(
  res: ResponseLike,
  content: Exclude<ResponseBody, { kind: 'stream' }>,
  settings: StreamResponseSettings,
): Promise<OpenResult> {
  if (content.kind === 'path') return openPath(content.path, settings)
  if (content.kind === 'handle') return openHandle(content.handle)
  const { dotfiles = 'ignore', transform, stallTimeout, status } = settings
  const acceptRanges = settings.acceptRanges && transform === undefined
  const known = { acceptRanges, stallTimeout, status, window: settings }
  const contextOf = () => new RequestContext(requestOf(res), res, known)
  return openReference(content.reference, dotfiles, contextOf)
}

function respondWithBody(
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamResponseSettings,
): Promise<TransferResult> | TransferResult {
  const init = responseInit(settings, stream.name)
  return respondWithStream(requestOf(res), res, stream, streamBodySettings(settings), init)
}
