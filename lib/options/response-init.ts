import { attachmentDisposition } from '../http/content-disposition.js'
import { resolveMediaType } from '../http/media-type.js'
import type { ResponseInit } from '../response/response-init.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

/** What a response of `streamFiles` has of its own: if its outcome is observed, and if it is not. */
export function middlewareResponseInit({ stallTimeout }: StreamFilesSettings): {
  readonly observed: ResponseInit
  readonly unobserved: ResponseInit
} {
  if (stallTimeout === undefined) return { observed: {}, unobserved: { fireAndForget: true } }
  const observed = { transfer: { stallTimeout } }
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
  return { headers: responseHeaders(settings, name), status, transfer }
}

function responseHeaders(
  settings: StreamResponseSettings,
  name: string | undefined,
): ResponseInit['headers'] {
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
