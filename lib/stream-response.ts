import { type AnswerDetails, type AnswerSettings, answerFile } from './answer-file.js'
import { alreadyAnswered, httpError, toHttpError } from './errors.js'
import { cacheControlField } from './http/cache-control.js'
import { attachment } from './http/content-disposition.js'
import { mediaTypeNamed } from './http/media-type.js'
import { filePath } from './options/file-path.js'
import type { StreamResponseOptions } from './options/options.js'
import { show } from './options/rules.js'
import {
  resolveStreamResponseOptions,
  type StreamResponseSettings,
} from './options/stream-response-options.js'
import type { Outcome } from './outcome.js'
import { locate } from './source/locate.js'
import { answerWithoutExpress, nextOf, requestOf } from './wire/express.js'
import { isGone, isResponse, type Response } from './wire/response.js'
import { ABORTED, failedEarly, type TransferEnd } from './wire/transfer.js'

/**
 * Sends one file: a drop-in for `res.sendFile` and `res.download`.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param body a file-system path, or a `file:` URL
 * @param options those of `res.sendFile`, and more
 * @returns how it ended; it need not be awaited. Rejects only with `errors: 'throw'`
 * @throws TypeError at once, where an argument is not acceptable; it names which
 */
export function streamResponse(
  res: Response,
  body: string | URL,
  options?: StreamResponseOptions | null,
): Promise<Outcome> {
  if (!isResponse(res)) {
    throw new TypeError(`streamResponse: res must be the response to a request, not ${show(res)}`)
  }
  const path = filePath(body)
  if (path === undefined) {
    throw new TypeError(`streamResponse: body must be a path or a file: URL, not ${show(body)}`)
  }
  const settings = resolveStreamResponseOptions(options)
  const outcome = respond(res, path, settings).then((end) => report(res, settings, end))
  // Whoever does not await it must not be stopped by it.
  outcome.catch(() => {})
  return outcome
}

async function respond(
  res: Response,
  path: string,
  settings: StreamResponseSettings,
): Promise<TransferEnd> {
  if (isGone(res)) return ABORTED
  if (res.headersSent || res.writableEnded) return failedEarly(alreadyAnswered())
  const found = await locate(path, settings)
  if (found.kind === 'directory') return failedEarly(httpError(404))
  if (found.kind === 'nothing') return failedEarly(toHttpError(found.error ?? httpError(404)))
  return answerFile(requestOf(res), res, found.file, answerSettings(settings), {
    headers: fieldsOf(settings, found.file.path),
    status: settings.status,
    window: settings,
  })
}

/** Turns how it ended into the outcome, and hands a failure to whom the options say. */
function report(res: Response, settings: StreamResponseSettings, end: TransferEnd): Outcome {
  const { bytesSent, completed, aborted } = end
  if (end.error === undefined) return { status: res.statusCode, bytesSent, completed, aborted }
  const error = toHttpError(end.error)
  if (settings.errors === 'throw') throw error
  if (end.committed) return { status: res.statusCode, bytesSent, completed, aborted, error }
  // Somebody else's answer is under way: it is theirs to end.
  if (!res.headersSent) (nextOf(res) ?? answerWithoutExpress(res))(error)
  return { status: error.status, bytesSent, completed, aborted, error }
}

function answerSettings(settings: StreamResponseSettings): AnswerSettings {
  return { ...settings, cacheControl: cacheControlField(settings) }
}

function fieldsOf(settings: StreamResponseSettings, path: string): AnswerDetails['headers'] {
  const { download, headers, type } = settings
  if (download === false && type === undefined) return headers
  const fields = new Map(headers)
  if (type !== undefined) fields.set('Content-Type', mediaTypeNamed(type))
  if (download !== false) {
    fields.set(
      'Content-Disposition',
      attachment(download === true || download === '' ? path : download),
    )
  }
  return fields
}
