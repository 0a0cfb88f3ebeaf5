import { ExactLengthReader } from '../body/decorators/exact-length-reader.js'
import { transformBody } from '../body/transform-reader.js'
import {
  type CacheControlFunction,
  type CacheSettings,
  cacheControlField,
  fingerprintedCacheControl,
  keepsStoredPolicy,
  NO_CACHE,
} from '../http/cache-control.js'
import { mediaTypeForPath, type OwnMediaType, ownMediaTypes } from '../http/media-type.js'
import {
  type BodyFactory,
  type FileResponseSettings,
  forGeneratedBody,
} from '../response/file-response-settings.js'
import type { StreamBodySettings } from '../response/respond-with-stream.js'
import { DEFAULT_CHUNK_SIZE } from '../source/read-window.js'
import { type FilesRoot, offloadedDirectory } from './files-root.js'
import { offloadHeader } from './offload-rule.js'
import type { StreamFilesSettings } from './stream-files-options.js'
import type { StreamResponseSettings } from './stream-response-options.js'

/** What only some responses have, so that none is inherited from an `Object.prototype` that was added to. */
const UNSET = {
  cacheControlOf: undefined,
  exactLength: undefined,
  makeBody: undefined,
  nosniff: false,
  ownTypeOf: undefined,
}

/** How `streamFiles` responds with a file. */
export function middlewareResponseSettings(
  settings: StreamFilesSettings,
  root: FilesRoot | readonly FilesRoot[],
): FileResponseSettings {
  const { transform, chunkSize, types } = settings
  const offload = settings.offload && offloadHeader(settings.offload, offloadedDirectory(root))
  const ownTypeOf = ownMediaTypes(types)
  const policy = policySettings(settings, ownTypeOf)
  const ofFile = { ...UNSET, ...settings, ...policy, offload, ownTypeOf }
  if (transform === undefined) return ofFile
  return forGeneratedBody(ofFile, transformBody(transform, chunkSize))
}

/** How `streamFiles` responds with the page of `fallback`, which has no file of its own at that path. */
export function fallbackResponseSettings(
  settings: StreamFilesSettings,
  ofFile: FileResponseSettings,
): FileResponseSettings {
  const cacheControl = settings.cacheControl === false ? undefined : NO_CACHE
  return { ...ofFile, cacheControl, cacheControlOf: undefined, keepCacheControl: false }
}

/** How `streamFiles` responds with the page of `notFound`, to which no request is conditional. */
export function notFoundResponseSettings(
  settings: StreamFilesSettings,
  ofFile: FileResponseSettings,
): FileResponseSettings {
  const ofPage = fallbackResponseSettings(settings, ofFile)
  return { ...ofPage, acceptRanges: false, etag: false, lastModified: false }
}

/** One `Cache-Control` for all files, or a function that returns the one of each file. */
function policySettings(
  { cacheControl, immutable, maxAge }: StreamFilesSettings,
  ownTypeOf: OwnMediaType | undefined,
): Pick<FileResponseSettings, 'cacheControl' | 'cacheControlOf' | 'keepCacheControl'> {
  if (typeof cacheControl === 'boolean') return cacheSettings({ cacheControl, immutable, maxAge })
  const ofEachFile = { cacheControl: undefined, keepCacheControl: false }
  if (typeof cacheControl === 'function') return { ...ofEachFile, cacheControlOf: cacheControl }
  const otherwise = cacheControlField({ cacheControl: true, immutable, maxAge })
  const cacheControlOf: CacheControlFunction = ({ path }) =>
    fingerprintedCacheControl(path, ownTypeOf?.(path) ?? mediaTypeForPath(path), otherwise)
  return { ...ofEachFile, cacheControlOf }
}

/** How `streamResponse` responds with a file. */
export function fileResponseSettings(settings: StreamResponseSettings): FileResponseSettings {
  const { follow, followIdle: idle, signal, transform, chunkSize = DEFAULT_CHUNK_SIZE } = settings
  const cache = cacheSettings(settings)
  const length = lengthSettings(settings)
  const offload = settings.offload && offloadHeader(settings.offload, settings.root)
  const ofFile: FileResponseSettings = {
    ...UNSET,
    ...settings,
    chunkSize,
    ...cache,
    offload,
    ...length,
  }
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
