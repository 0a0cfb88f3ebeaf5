import type { ServerResponse } from 'node:http'
import { toCacheControl } from '../http/cache-control.js'
import { type FileInfo, fileInfo } from '../http/describe.js'
import { whenReady } from '../promise-like.js'
import type { OpenFile } from '../source/source.js'
import type { FileResponseSettings } from './file-response-settings.js'
import type { ResponseLike } from './response-like.js'

type Proceed<T> = (settings: FileResponseSettings) => Promise<T> | T

/**
 * Calls the functions of an application that decide headers of a file, then proceeds with settings in which
 * what they returned stands. Each is awaited if it is asynchronous.
 *
 * @param status that of the response, unless `setHeaders` sets it
 */
export function withFileCallbacks<T>(
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  status: number | undefined,
  proceed: Proceed<T>,
): Promise<T> | T {
  if (!hasCallbacks(settings)) return proceed(settings)
  const pending = settings.setHeaders?.(res as ServerResponse, file.path, file.stats())
  return whenReady(pending, () =>
    withCacheControl(res, file, settings, status ?? res.statusCode, (ofCaches) =>
      withEtag(res, file, ofCaches, proceed),
    ),
  )
}

function hasCallbacks({ cacheControlOf, etag, setHeaders }: FileResponseSettings): boolean {
  return setHeaders !== undefined || cacheControlOf !== undefined || typeof etag === 'function'
}

/** An error must not be cached for as long as the file that it is sent instead of. */
function withCacheControl<T>(
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  status: number,
  proceed: Proceed<T>,
): Promise<T> | T {
  const { cacheControlOf } = settings
  if (cacheControlOf === undefined || status >= 400 || res.hasHeader('Cache-Control')) {
    return proceed(settings)
  }
  return whenReady(cacheControlOf(originalInfo(file)), (field) =>
    proceed({ ...settings, cacheControl: toCacheControl(field) }),
  )
}

function withEtag<T>(
  res: ResponseLike,
  file: OpenFile,
  settings: FileResponseSettings,
  proceed: Proceed<T>,
): Promise<T> | T {
  const { etag } = settings
  if (typeof etag !== 'function' || res.hasHeader('ETag')) return proceed(settings)
  return whenReady(etag(originalInfo(file)), (tag) => proceed({ ...settings, etag: () => tag }))
}

/** What callbacks are told of a file: its original, if a compressed sibling of it is sent. */
function originalInfo(file: OpenFile): FileInfo {
  return fileInfo(file.negotiated?.original ?? file)
}
