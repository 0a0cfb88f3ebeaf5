import { ExactLengthReader } from '../body/decorators/exact-length-reader.js'
import { type CacheSettings, cacheControlField, keepsStoredPolicy } from '../http/cache-control.js'
import {
  type BodyFactory,
  type FileResponseSettings,
  forGeneratedBody,
  transformBody,
} from '../response/respond-with-file.js'
import type { StreamBodySettings } from '../response/respond-with-stream.js'
import { DEFAULT_CHUNK_SIZE } from '../source/read-window.js'
import { type FilesRoot, offloadedDirectory } from './files-root.js'
import { offloadHeader } from './offload-rule.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

/** How `streamFiles` responds with a file. */
export function middlewareResponseSettings(
  settings: StreamFilesSettings,
  root: FilesRoot | readonly FilesRoot[],
): FileResponseSettings {
  const offload = settings.offload && offloadHeader(settings.offload, offloadedDirectory(root))
  const ofFile = { ...settings, ...cacheSettings(settings), offload }
  const { transform, chunkSize } = settings
  if (transform === undefined) return ofFile
  return forGeneratedBody(ofFile, transformBody(transform, chunkSize))
}

/** How `streamResponse` responds with a file. */
export function fileResponseSettings(settings: StreamResponseSettings): FileResponseSettings {
  const { follow, followIdle: idle, signal, transform, chunkSize = DEFAULT_CHUNK_SIZE } = settings
  const cache = cacheSettings(settings)
  const length = lengthSettings(settings)
  const offload = settings.offload && offloadHeader(settings.offload, settings.root)
  const ofFile: FileResponseSettings = { ...settings, chunkSize, ...cache, offload, ...length }
  if (follow) {
    const etag = false
    return forGeneratedBody({ ...ofFile, etag }, (file, { start }) =>
      file.follow(start, { idle, signal }),
    )
  }
  if (transform === undefined) return ofFile
  const makeBody = transformBody(transform, chunkSize)
  return forGeneratedBody(ofFile, withExactLength(length.exactLength, makeBody))
}

/** How `streamResponse` responds with a body that is not a file. */
export function streamBodySettings(settings: StreamResponseSettings): StreamBodySettings {
  // A generated body is fresh by default, and only the application knows which caches may store it.
  const isCacheable = settings.maxAge > 0 || settings.immutable
  const cacheControl = isCacheable ? cacheControlField(settings) : undefined
  return { cacheControl, chunkSize: settings.chunkSize, ...lengthSettings(settings) }
}

function cacheSettings(settings: CacheSettings) {
  return {
    cacheControl: cacheControlField(settings),
    keepCacheControl: keepsStoredPolicy(settings),
  }
}

/** A number is the length of this body; anything else says when a length is sent. */
function lengthSettings({ contentLength }: StreamResponseSettings) {
  return typeof contentLength === 'number'
    ? { contentLength: true, exactLength: contentLength }
    : { contentLength, exactLength: undefined }
}

function withExactLength(length: number | undefined, makeBody: BodyFactory): BodyFactory {
  if (length === undefined) return makeBody
  return (file, window) => new ExactLengthReader(makeBody(file, window), length)
}
