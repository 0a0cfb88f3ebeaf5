import { isEntityTag } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'
import { DEFAULT_MEDIA_TYPE, mediaTypeForPath } from './media-type.js'
import type { Representation } from './representation.js'
import {
  type FileMetadata,
  fileEtag,
  isRecentlyModified,
  lastModified,
  modifiedAt,
} from './validators.js'

/** What an `etag` function is told of a file. */
export interface FileInfo {
  /** Where it is. Not for clients. */
  readonly path: string
  /** In bytes; `undefined` where only reading to the end tells, as in `/proc`. */
  readonly size: number | undefined
  /** The last change of the content. */
  readonly modified: Date
}

/**
 * Makes a file's entity tag: with its quotes (and `W/` if weak), or the bare text to put between
 * them. An empty string means none. A promise is awaited; a function that throws, or whose promise
 * rejects, is an error of 500.
 */
export type EtagFunction = (file: FileInfo) => string | PromiseLike<string>

/** What the options say about how a file is described. */
export interface RepresentationSettings {
  readonly etag: boolean | ((file: FileInfo) => unknown)
  readonly lastModified: boolean
}

/** The part of a file that is the representation, both ends included. */
export interface ByteWindow {
  readonly start: number
  readonly end?: number | undefined
}

/** A file on the disk or elsewhere, as far as describing it needs. */
export interface DescribedFile extends FileMetadata {
  readonly path: string
}

/** A field the application has set, which then describes the file better than we do. */
export type GetResponseHeader = (name: string) => string | undefined

const WHOLE: ByteWindow = { start: 0 }

/**
 * Describes an open file: its length, type and validators. A validator that the application makes is
 * taken at its word; our own, made of the time of change, are not while the file is young.
 */
export function describeFile(
  file: DescribedFile,
  settings: RepresentationSettings,
  setField: GetResponseHeader,
  now: number,
  window: ByteWindow = WHOLE,
): Representation {
  const young = isRecentlyModified(file, now)
  const tag = setField('ETag')
  const date = setField('Last-Modified')
  return {
    size: sizeOfWindow(file.size, window),
    offset: window.start,
    readTo: window.end ?? Number.POSITIVE_INFINITY,
    type: setField('Content-Type') ?? mediaTypeForPath(file.path),
    disposition: setField('Content-Disposition'),
    etag: tag ?? etagOf(file, settings.etag, now, window),
    lastModified:
      date === undefined ? fileLastModified(file, settings, now) : parseHttpDate(date, now),
    etagIsUnreliable: young && tag === undefined && settings.etag === true,
    dateIsUnreliable: young && date === undefined,
  }
}

/** A body that is no file, as far as describing it needs. */
export interface DescribedStream {
  readonly size?: number | undefined
  readonly type?: string | undefined
}

/** Describes a body that is no file: its validators are those the application knows. */
export function describeStream(
  { size, type }: DescribedStream,
  setField: GetResponseHeader,
  now: number,
): Representation {
  const modified = setField('Last-Modified')
  return {
    size,
    offset: 0,
    readTo: Number.POSITIVE_INFINITY,
    type: setField('Content-Type') ?? type ?? DEFAULT_MEDIA_TYPE,
    disposition: setField('Content-Disposition'),
    etag: setField('ETag'),
    lastModified: modified === undefined ? undefined : parseHttpDate(modified, now),
    etagIsUnreliable: false,
    dateIsUnreliable: false,
  }
}

function sizeOfWindow(size: number | undefined, window: ByteWindow): number | undefined {
  if (size === undefined) return undefined
  const end = Math.min(window.end ?? size - 1, size - 1)
  return Math.max(end - window.start + 1, 0)
}

function etagOf(
  file: DescribedFile,
  etag: RepresentationSettings['etag'],
  now: number,
  window: ByteWindow,
): string | undefined {
  if (etag === false) return undefined
  if (etag === true) return windowEtag(fileEtag(file, now), window)
  return entityTag(etag(fileInfo(file)))
}

/** What the application's functions are told of a file. */
export function fileInfo(file: DescribedFile): FileInfo {
  const { path, size } = file
  return { path, size, modified: new Date(modifiedAt(file)) }
}

/** A part of a file is another representation than the whole, and so its tag is another. */
function windowEtag(tag: string | undefined, { start, end }: ByteWindow): string | undefined {
  if (tag === undefined || (start === 0 && end === undefined)) return tag
  return `${tag.slice(0, -1)}-${start.toString(16)}-${end?.toString(16) ?? ''}"`
}

function entityTag(text: unknown): string | undefined {
  if (text === '' || text === undefined || text === null) return undefined
  const tag = typeof text !== 'string' || isEntityTag(text) ? text : `"${text}"`
  if (typeof tag === 'string' && isEntityTag(tag)) return tag
  throw new TypeError('The "etag" function must return an entity tag (RFC 9110, section 8.8.3)')
}

function fileLastModified(
  file: DescribedFile,
  settings: RepresentationSettings,
  now: number,
): number | undefined {
  return settings.lastModified ? lastModified(file, now) : undefined
}
