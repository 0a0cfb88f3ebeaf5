import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { alreadyAnswered, toHttpError } from './errors.js'
import { type AnswerPolicy, decide } from './http/decision.js'
import { type DescribeSettings, describe, type SetField, type Window } from './http/describe.js'
import { type RequestHead, requestFields } from './http/request-fields.js'
import type { SetHeaders } from './options/options.js'
import type { OpenFile } from './source/source.js'
import { sendHead } from './wire/head.js'
import type { Response } from './wire/response.js'
import { failedEarly, type TransferEnd, transfer } from './wire/transfer.js'

/** How files are answered: resolved once from the options. */
export interface AnswerSettings extends AnswerPolicy, DescribeSettings {
  readonly chunkSize: number
  readonly setHeaders: SetHeaders | undefined
}

/** What one answer adds to that. */
export interface AnswerDetails {
  readonly headers?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly status?: number | undefined
  readonly window?: Window | undefined
}

const NOTHING: AnswerDetails = {}

/**
 * Answers a request with an open file, and closes it: describe, decide, send. The settings' hooks
 * run before anything is decided; what they set is taken back if nothing is sent.
 */
export async function answerFile(
  request: RequestHead,
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails = NOTHING,
): Promise<TransferEnd> {
  const namesBefore = res.getHeaderNames()
  const end = await attempt(request, res, file, settings, details)
  if (!end.committed && !res.headersSent) removeOthers(res, namesBefore)
  return end
}

function attempt(
  request: RequestHead,
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails,
): Promise<TransferEnd> {
  try {
    applyFields(res, file, settings, details)
    if (res.headersSent || res.writableEnded) throw alreadyAnswered()
    const now = Date.now()
    const representation = describe(file, settings, setFieldOf(res), now, details.window)
    const decision = decide({
      request: requestFields(request),
      representation,
      policy: settings,
      status: details.status ?? res.statusCode,
      isSet: (name) => res.hasHeader(name),
      now,
      boundary: () => randomBytes(18).toString('hex'),
    })
    const reader = file.body(decision.segments, settings.chunkSize)
    const { chunkSize } = settings
    return transfer(res, { reader, chunkSize, commit: () => sendHead(res, decision) })
  } catch (error) {
    file.close()
    return Promise.resolve(failedEarly(toHttpError(error)))
  }
}

function applyFields(
  res: Response,
  file: OpenFile,
  settings: AnswerSettings,
  details: AnswerDetails,
): void {
  for (const [name, value] of details.headers ?? []) res.setHeader(name, value)
  settings.setHeaders?.(res as ServerResponse, file.path, file.stats())
}

function setFieldOf(res: Response): SetField {
  return (name) => {
    const field = res.getHeader(name)
    return field === undefined ? undefined : String(field)
  }
}

function removeOthers(res: Response, names: readonly string[]): void {
  for (const name of res.getHeaderNames()) {
    if (!names.includes(name)) res.removeHeader(name)
  }
}
