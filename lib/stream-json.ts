import {
  type JsonFormat,
  type JsonValues,
  type JsonValuesFunction,
  jsonBody,
} from './body/json-body.js'
import type { StreamJsonOptions } from './options/option-types.js'
import { assertResponse } from './options/response-argument.js'
import { jsonStreamInit } from './options/response-init.js'
import { resolveStreamJsonOptions } from './options/stream-json-options.js'
import { requestOf } from './response/next-function.js'
import type { Outcome } from './response/outcome.js'
import { respondWithValues } from './response/respond-with-values.js'
import type { ResponseLike } from './response/response-like.js'

/**
 * Streams values as JSON Lines: each a JSON text (RFC 8259) and a line feed, sent as it is produced.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param values an iterable, an async iterable, a `Readable` or a `ReadableStream` of values. A value
 *   that JSON has no text for is an error that names its index. A function `({ signal, req }) => values`
 *   makes them, and may be async: it is called once, only if values are to be sent, and `signal` fires
 *   when the client disconnects or the response fails
 * @param options the media type, a download name, and what every response has
 * @returns a promise of the outcome, which need not be awaited. It rejects only with `errors: 'throw'`
 * @throws TypeError immediately if an argument is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * app.get('/rows', (req, res) => streamJsonLines(res, ({ signal }) => db.query(sql, { signal })))
 * ```
 */
export function streamJsonLines(
  res: ResponseLike,
  values: JsonValues | JsonValuesFunction,
  options?: StreamJsonOptions | null,
): Promise<Outcome> {
  return streamJson('streamJsonLines', 'lines', res, values, options)
}

/**
 * Streams values as one JSON array, for clients that want plain JSON. It is `[]` without any value.
 * Everything else is as with {@link streamJsonLines}.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param values as in {@link streamJsonLines}
 * @param options as in {@link streamJsonLines}
 * @returns a promise of the outcome, which need not be awaited. It rejects only with `errors: 'throw'`
 * @throws TypeError immediately if an argument is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * app.get('/rows.json', (req, res) => streamJsonArray(res, ({ signal }) => db.query(sql, { signal })))
 * ```
 */
export function streamJsonArray(
  res: ResponseLike,
  values: JsonValues | JsonValuesFunction,
  options?: StreamJsonOptions | null,
): Promise<Outcome> {
  return streamJson('streamJsonArray', 'array', res, values, options)
}

const MEDIA_TYPES: Readonly<Record<JsonFormat, string>> = {
  lines: 'application/jsonl',
  array: 'application/json',
}

function streamJson(
  caller: string,
  format: JsonFormat,
  res: ResponseLike,
  values: JsonValues | JsonValuesFunction,
  options: StreamJsonOptions | null | undefined,
): Promise<Outcome> {
  assertResponse(caller, res)
  const settings = resolveStreamJsonOptions(caller, options)
  const body = jsonBody(values, requestOf(res), format, `${caller}: values`)
  const init = jsonStreamInit(res, settings, MEDIA_TYPES[format])
  return respondWithValues(res, body, settings, init)
}
