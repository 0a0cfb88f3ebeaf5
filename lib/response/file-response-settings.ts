import type { ServerResponse } from 'node:http'
import type { CacheControlFunction } from '../http/cache-control.js'
import type { ResponsePolicy } from '../http/decision.js'
import type { ByteWindow, RepresentationSettings } from '../http/describe.js'
import type { OffloadHeader } from '../http/offload.js'
import type { Sendfile } from '../source/disk/sendfile.js'
import type { ChunkReader, OpenFile, Stats } from '../source/source.js'

/**
 * Sets headers of a response with a file, before the other headers are decided; a header that it sets is
 * kept. `path` is the path of the file, and `stat` is what `fs.stat` returns for it. A returned promise is
 * awaited before anything is sent. A function that throws, or whose promise rejects, is a 500.
 */
export type SetHeaders = {
  // A method, so that a function with a parameter of Express's response type is accepted too.
  call(res: ServerResponse, path: string, stat: Stats): unknown
}['call']

/** How to respond with a file: resolved once from the options. */
export interface FileResponseSettings extends ResponsePolicy, RepresentationSettings {
  /** Returns the `cacheControl` of each file. */
  readonly cacheControlOf?: CacheControlFunction | undefined
  readonly setHeaders: SetHeaders | undefined
  /** The system calls for large bodies, or `false` to read and write them. */
  readonly sendfile: Sendfile | false
  /** Tells the server in front to send the file. */
  readonly offload?: OffloadHeader | undefined
  /** Whether the `Cache-Control` that a source has for a file is sent. */
  readonly keepCacheControl: boolean
  /** Generates a body from the file, which is sent instead of the file. */
  readonly makeBody?: BodyFactory | undefined
  /** The length in bytes of what `makeBody` returns, if the application knows it. */
  readonly exactLength?: number | undefined
}

/** Generates a body from a part of a file. Closing the body closes the file. */
export type BodyFactory = (file: OpenFile, window: ByteWindow) => ChunkReader

/**
 * The settings for a body that is generated from a file. The validators of the file are not those of the
 * generated body, except an ETag that the application computes.
 */
export function forGeneratedBody(
  settings: FileResponseSettings,
  makeBody: BodyFactory,
): FileResponseSettings {
  const etag = typeof settings.etag === 'function' ? settings.etag : false
  return { ...settings, makeBody, etag, lastModified: false, acceptRanges: false }
}
