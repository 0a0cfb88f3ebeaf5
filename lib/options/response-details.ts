import { attachmentDisposition } from '../http/content-disposition.js'
import { resolveMediaType } from '../http/media-type.js'
import type { ResponseDetails } from '../response/header-rollback.js'
import type { ResponseLike } from '../response/response-like.js'
import type { StreamEventsSettings } from './stream-events-options.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamJsonSettings } from './stream-json-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

type ResponseHeaders = NonNullable<ResponseDetails['headers']>

/** The details of a response of `streamFiles`: with an outcome to report, and without one. */
export function middlewareResponseDetails({ stallTimeout }: StreamFilesSettings): {
  readonly observed: ResponseDetails
  readonly unobserved: ResponseDetails
} {
  if (stallTimeout === undefined) return { observed: {}, unobserved: { fireAndForget: true } }
  const observed = { delivery: { stallTimeout } }
  return { observed, unobserved: observed }
}

/**
 * The details of a response of `streamResponse`.
 *
 * @param name the body's own file name, for `download: true`
 */
export function responseDetails(
  settings: StreamResponseSettings,
  name: string | undefined,
): ResponseDetails {
  const { digest, follow, maxRate, onProgress, signal, stallTimeout, status } = settings
  // The signal ends a followed body; it does not abort the response.
  const interrupt = follow ? undefined : signal
  const delivery = { digest, maxRate, onProgress, signal: interrupt, stallTimeout }
  return { headers: responseHeaders(settings, name), status, delivery }
}

/** What a response of `streamEvents` has, unless the application sets it otherwise. */
const EVENT_STREAM_HEADERS = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-store'],
  ['X-Accel-Buffering', 'no'],
] as const

/** The details of a response of `streamEvents`. Its signal ends the body, and not the response. */
export function eventStreamDetails(
  res: ResponseLike,
  settings: StreamEventsSettings,
): ResponseDetails {
  const { digest, headers, maxRate, onProgress, stallTimeout, status } = settings
  const delivery = { digest, maxRate, onProgress, stallTimeout }
  return { headers: withDefaults(res, EVENT_STREAM_HEADERS, headers), status, delivery }
}

/** The details of a response of `streamJsonLines` or `streamJsonArray`, with its media type. */
export function jsonStreamDetails(
  res: ResponseLike,
  settings: StreamJsonSettings,
  mediaType: string,
): ResponseDetails {
  const { digest, maxRate, onProgress, signal, stallTimeout, status } = settings
  const defaults = [
    ['Content-Type', mediaType],
    ['X-Accel-Buffering', 'no'],
  ] as const
  const headers = withDefaults(res, defaults, responseHeaders(settings, undefined))
  return { headers, status, delivery: { digest, maxRate, onProgress, signal, stallTimeout } }
}

/** Adds the defaults that neither earlier middleware nor the options have set. */
function withDefaults(
  res: ResponseLike,
  defaults: readonly (readonly [name: string, value: string])[],
  headers: ResponseHeaders,
): ResponseHeaders {
  return new Map([...defaults.filter(([name]) => !res.hasHeader(name)), ...headers])
}

function responseHeaders(
  settings: Pick<StreamResponseSettings, 'download' | 'headers' | 'type'>,
  name: string | undefined,
): ResponseHeaders {
  const { download, headers, type } = settings
  if (download === false && type === undefined) return headers
  const all = new Map(headers)
  if (type !== undefined) all.set('Content-Type', resolveMediaType(type))
  if (download !== false) {
    const usesOwnName = download === true || download === ''
    all.set('Content-Disposition', attachmentDisposition(usesOwnName ? name : download))
  }
  return all
}
