import type { ContentCoding } from './content-coding.js'
import { isEntityTag } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'
import { DEFAULT_MEDIA_TYPE, mediaTypeForPath, type OwnMediaType } from './media-type.js'
import { etagInCoding, negotiatedCoding } from './negotiated.js'
import type { Representation } from './representation.js'
import {
  type FileMetadata,
  fileEtag,
  isRecentlyModified,
  lastModified,
  modifiedAt,
} from './validators.js'

/** The argument of an `etag` function or a `transform`: the metadata of a file. */
export interface FileInfo {
  /** The path on the disk, or the name in another source. Must not be sent to clients. */
  readonly path: string
  /** In bytes; `undefined` if the size is known only after reading to the end, as in `/proc`. */
  readonly size: number | undefined
  /** The time of the last change of the content (mtime); `undefined` if the source does not know it. */
  readonly modified: Date | undefined
}

/**
 * Returns the entity tag of a file: with quotes (and `W/` if weak), or without, in which case quotes are
 * added. An empty string means no entity tag. A promise is awaited. If the function throws, or its promise
 * rejects, the response is a 500.
 */
export type EtagFunction = (file: FileInfo) => string | PromiseLike<string>

/** The options for the description of a file. */
export interface RepresentationSettings {
  readonly etag: boolean | ((file: FileInfo) => unknown)
  readonly lastModified: boolean
  /** The media types of the application. */
  readonly ownTypeOf?: OwnMediaType | undefined
}

/** The part of a file that is served as the representation. Both positions are inclusive. */
export interface ByteWindow {
  readonly start: number
  readonly end?: number | undefined
}

/** The metadata of a file that describing it needs. */
export interface DescribedFile extends FileMetadata {
  readonly path: string
  /** The entity tag that the source has for it, instead of one made of its metadata. */
  readonly etag?: string | undefined
  /** The media type that the source has for it, instead of the one of its extension. */
  readonly type?: string | undefined
  /** If its content coding was negotiated: the coding, unless it is not encoded. */
  readonly negotiated?: { readonly coding: ContentCoding | undefined } | undefined
}

/** Returns a header that the application has set. Such a header takes precedence over the file's metadata. */
export type GetResponseHeader = (name: string) => string | undefined

const WHOLE_FILE: ByteWindow = { start: 0 }

/**
 * Describes an open file: its size, type and validators. Validators that the application sets are assumed
 * to be reliable. Those derived from the mtime are not reliable while the file is recently modified.
 */
export function describeFile(
  file: DescribedFile,
  settings: RepresentationSettings,
  getHeader: GetResponseHeader,
  now: number,
  window: ByteWindow = WHOLE_FILE,
): Representation {
  const recentlyModified = isRecentlyModified(file, now)
  const etag = getHeader('ETag')
  const dateField = getHeader('Last-Modified')
  const { negotiated } = file
  return {
    size: windowSize(file.size, window),
    offset: window.start,
    readTo: window.end ?? Number.POSITIVE_INFINITY,
    type:
      getHeader('Content-Type') ??
      settings.ownTypeOf?.(file.path) ??
      file.type ??
      mediaTypeForPath(file.path),
    disposition: getHeader('Content-Disposition'),
    negotiated: negotiated && negotiatedCoding(negotiated.coding, getHeader),
    etag: etagInCoding(etag ?? computeEtag(file, settings.etag, now, window), negotiated?.coding),
    lastModified:
      dateField === undefined
        ? fileLastModified(file, settings, now)
        : parseHttpDate(dateField, now),
    etagIsUnreliable:
      recentlyModified && etag === undefined && file.etag === undefined && settings.etag === true,
    dateIsUnreliable: recentlyModified && dateField === undefined,
  }
}

/** The metadata of a body that is not a file. */
export interface DescribedStream {
  readonly size?: number | undefined
  readonly type?: string | undefined
}

/** Describes a body that is not a file. It has only the validators that the application has set. */
export function describeStream(
  { size, type }: DescribedStream,
  getHeader: GetResponseHeader,
  now: number,
): Representation {
  const dateField = getHeader('Last-Modified')
  return {
    size,
    offset: 0,
    readTo: Number.POSITIVE_INFINITY,
    type: getHeader('Content-Type') ?? type ?? DEFAULT_MEDIA_TYPE,
    disposition: getHeader('Content-Disposition'),
    etag: getHeader('ETag'),
    lastModified: dateField === undefined ? undefined : parseHttpDate(dateField, now),
    etagIsUnreliable: false,
    dateIsUnreliable: false,
  }
}

function windowSize(size: number | undefined, window: ByteWindow): number | undefined {
  if (size === undefined) return undefined
  const end = Math.min(window.end ?? size - 1, size - 1)
  return Math.max(end - window.start + 1, 0)
}

function computeEtag(
  file: DescribedFile,
  etag: RepresentationSettings['etag'],
  now: number,
  window: ByteWindow,
): string | undefined {
  if (etag === false) return undefined
  if (etag === true) return windowEtag(toEntityTag(file.etag) ?? fileEtag(file, now), window)
  return toEntityTag(etag(fileInfo(file)))
}

/** The argument for the functions of the application. */
export function fileInfo(file: DescribedFile): FileInfo {
  const { path, size } = file
  const modified = modifiedAt(file)
  return { path, size, modified: modified === undefined ? undefined : new Date(modified) }
}

/** A part of a file is a different representation than the whole, so its entity tag must differ. */
function windowEtag(etag: string | undefined, { start, end }: ByteWindow): string | undefined {
  if (etag === undefined || (start === 0 && end === undefined)) return etag
  return `${etag.slice(0, -1)}-${start.toString(16)}-${end?.toString(16) ?? ''}"`
}

function toEntityTag(text: unknown): string | undefined {
  if (text === '' || text === undefined || text === null) return undefined
  const etag = typeof text !== 'string' || isEntityTag(text) ? text : `"${text}"`
  if (typeof etag === 'string' && isEntityTag(etag)) return etag
  throw new TypeError('The "etag" function must return an entity tag (RFC 9110, section 8.8.3)')
}

function fileLastModified(
  file: DescribedFile,
  settings: RepresentationSettings,
  now: number,
): number | undefined {
  return settings.lastModified ? lastModified(file, now) : undefined
}
