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
import { responseDetails } from './options/response-details.js'
import { fileResponseSettings, streamBodySettings } from './options/response-settings.js'
import {
  resolveStreamResponseOptions,
  type StreamResponseSettings,
} from './options/stream-response-options.js'
import { requestOf } from './response/next-function.js'
import type { Outcome } from './response/outcome.js'
import { reportOutcome } from './response/report-outcome.js'
import { respondWithFile } from './response/respond-with-file.js'
import { respondWithStream } from './response/respond-with-stream.js'
import type { ResponseLike } from './response/response-like.js'
import { responseUnavailable } from './response/response-unavailable.js'
import { failedBeforeHeaders, type TransferResult } from './response/transfer.js'
import { openHandle } from './source/disk/handle-file.js'
import { openPath } from './source/disk/open-path.js'

/**
 * Sends a file, or anything that can be read or iterated: what `StreamingResponse` is to FastAPI, and
 * a drop-in replacement for `res.sendFile` and `res.download`.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param body a string is a file-system path, always. Everything else gives the bytes itself: a
 *   `file:` URL, an iterable or async iterable of strings and bytes, a stream of Node's or of the
 *   web, a `Blob`, a `FileHandle`, which stays the caller's to close, or just bytes. It is iterated
 *   once, and its first item is there before the headers are sent, so that a body which fails at once
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
  assertResponse('streamResponse', res)
  const content = resolveResponseBody(body, requestOf(res))
  const settings = resolveStreamResponseOptions(options, bodyKind(content), bodySize(content))
  return reportOutcome(res, settings, () => respond(res, content, settings))
}

/** The way of a response: whether `res` is available, what the body is, and the response. */
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
  const { kind } = content
  const found = await (kind === 'path'
    ? openPath(content.path, settings)
    : openHandle(content.handle))
  if (found.kind === 'directory') return failedBeforeHeaders(httpError(404))
  if (found.kind === 'missing') {
    return failedBeforeHeaders(toHttpError(found.error ?? httpError(404)))
  }
  const { file } = found
  const details = { ...responseDetails(settings, file.path || undefined), window: settings }
  return respondWithFile(requestOf(res), res, file, fileResponseSettings(settings), details)
}

function respondWithBody(
  res: ResponseLike,
  stream: StreamableBody,
  settings: StreamResponseSettings,
): Promise<TransferResult> {
  const details = responseDetails(settings, stream.name)
  return respondWithStream(requestOf(res), res, stream, streamBodySettings(settings), details)
}
