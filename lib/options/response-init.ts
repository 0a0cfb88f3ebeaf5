import { attachmentDisposition } from '../http/content-disposition.js'
import type { ResponseInit } from '../response/response-init.js'
import { isHttp2, type ResponseLike } from '../response/response-like.js'
import type { StreamEventsSettings } from './stream-events-options.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamJsonSettings } from './stream-json-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

type ResponseHeaders = NonNullable<ResponseInit['headers']>

/** What a response of `streamFiles` has of its own: if its outcome is observed, and if it is not. */
export function middlewareResponseInit({ stallTimeout }: StreamFilesSettings): {
  readonly observed: ResponseInit
  readonly unobserved: ResponseInit
} {
  const none = { headers: undefined, status: undefined, window: undefined, transfer: undefined }
  if (stallTimeout === undefined) {
    return { observed: none, unobserved: { ...none, fireAndForget: true } }
  }
  const observed = { ...none, transfer: { stallTimeout } }
  return { observed, unobserved: observed }
}

/**
 * What a response of `streamResponse` has of its own.
 *
 * @param name the body's own file name, for `download: true`
 */
export function responseInit(
  settings: StreamResponseSettings,
  name: string | undefined,
): ResponseInit {
  const { digest, follow, maxRate, onProgress, signal, stallTimeout, status } = settings
  // The signal ends a followed body; it does not abort the response.
  const interrupt = follow ? undefined : signal
  const transfer = { digest, maxRate, onProgress, signal: interrupt, stallTimeout }
  return { headers: responseHeaders(settings, name), status, window: undefined, transfer }
}

/** What a response of `streamEvents` has, unless the application sets it otherwise. */
const EVENT_STREAM_HEADERS = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-store'],
  ['X-Accel-Buffering', 'no'],
] as const

const CONNECTION_CLOSE = ['Connection', 'close'] as const

/** What a response of `streamEvents` has of its own. Its signal ends the body, and not the response. */
export function eventStreamInit(res: ResponseLike, settings: StreamEventsSettings): ResponseInit {
  const { digest, headers, maxRate, onProgress, stallTimeout, status } = settings
  const transfer = { digest, maxRate, onProgress, stallTimeout }
  const defaults = endsConnection(res, settings)
    ? [...EVENT_STREAM_HEADERS, CONNECTION_CLOSE]
    : EVENT_STREAM_HEADERS
  return { headers: withDefaults(res, defaults, headers), status, transfer }
}

/** After a shutdown has begun, a client must not reconnect to this process over a connection that is kept alive. */
function endsConnection(res: ResponseLike, { signal }: StreamEventsSettings): boolean {
  return signal?.aborted === true && !isHttp2(res)
}

/** What a response of `streamJsonLines` or `streamJsonArray` has of its own. */
export function jsonStreamInit(
  res: ResponseLike,
  settings: StreamJsonSettings,
  mediaType: string,
): ResponseInit {
  const { digest, maxRate, onProgress, signal, stallTimeout, status } = settings
  const defaults = [
    ['Content-Type', mediaType],
    ['X-Accel-Buffering', 'no'],
  ] as const
  const headers = withDefaults(res, defaults, responseHeaders(settings, undefined))
  return { headers, status, transfer: { digest, maxRate, onProgress, signal, stallTimeout } }
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
  if (type !== undefined) all.set('Content-Type', type)
  if (download !== false) {
    const usesOwnName = download === true || download === ''
    all.set('Content-Disposition', attachmentDisposition(usesOwnName ? name : download))
  }
  return all
}
