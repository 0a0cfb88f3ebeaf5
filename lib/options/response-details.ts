import { attachmentDisposition } from '../http/content-disposition.js'
import { resolveMediaType } from '../http/media-type.js'
import type { ResponseDetails } from '../response/header-rollback.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

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

function responseHeaders(
  settings: StreamResponseSettings,
  name: string | undefined,
): ResponseDetails['headers'] {
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
