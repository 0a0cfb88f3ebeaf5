import type { FileInfo } from '../options/options.js'
import { isEntityTag } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'
import { mediaTypeOfFile, UNKNOWN_TYPE } from './media-type.js'
import type { Representation } from './representation.js'
import { type FileFacts, fileTag, isYoung, lastModified, modifiedAt } from './validators.js'

/** What the options say about how a file is described. */
export interface DescribeSettings {
  readonly etag: boolean | ((file: FileInfo) => unknown)
  readonly lastModified: boolean
}

/** The part of a file that is the representation, both ends included. */
export interface Window {
  readonly start: number
  readonly end?: number | undefined
}

/** A file on the disk or elsewhere, as far as describing it needs. */
export interface DescribedFile extends FileFacts {
  readonly path: string
}

/** A field the application has set, which then describes the file better than we do. */
export type SetField = (name: string) => string | undefined

const WHOLE: Window = { start: 0 }

/**
 * Describes an open file: its length, type and validators. A validator that the application makes is
 * taken at its word; our own, made of the time of change, are not while the file is young.
 */
export function describe(
  file: DescribedFile,
  settings: DescribeSettings,
  setField: SetField,
  now: number,
  window: Window = WHOLE,
): Representation {
  const young = isYoung(file, now)
  const tag = setField('ETag')
  const date = setField('Last-Modified')
  return {
    size: sizeOfWindow(file.size, window),
    offset: window.start,
    readTo: window.end ?? Number.POSITIVE_INFINITY,
    type: setField('Content-Type') ?? mediaTypeOfFile(file.path),
    disposition: setField('Content-Disposition'),
    etag: tag ?? tagOf(file, settings.etag, now, window),
    lastModified: date === undefined ? ownDate(file, settings, now) : parseHttpDate(date, now),
    tagMayLinger: young && tag === undefined && settings.etag === true,
    dateMayLinger: young && date === undefined,
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
  setField: SetField,
  now: number,
): Representation {
  const modified = setField('Last-Modified')
  return {
    size,
    offset: 0,
    readTo: Number.POSITIVE_INFINITY,
    type: setField('Content-Type') ?? type ?? UNKNOWN_TYPE,
    disposition: setField('Content-Disposition'),
    etag: setField('ETag'),
    lastModified: modified === undefined ? undefined : parseHttpDate(modified, now),
    tagMayLinger: false,
    dateMayLinger: false,
  }
}

function sizeOfWindow(size: number | undefined, window: Window): number | undefined {
  if (size === undefined) return undefined
  const end = Math.min(window.end ?? size - 1, size - 1)
  return Math.max(end - window.start + 1, 0)
}

function tagOf(
  file: DescribedFile,
  etag: DescribeSettings['etag'],
  now: number,
  window: Window,
): string | undefined {
  if (etag === false) return undefined
  if (etag === true) return windowTag(fileTag(file, now), window)
  return entityTag(etag(fileInfo(file)))
}

/** What the application's functions are told of a file. */
export function fileInfo(file: DescribedFile): FileInfo {
  const { path, size } = file
  return { path, size, modified: new Date(modifiedAt(file)) }
}

/** A part of a file is another representation than the whole, and so its tag is another. */
function windowTag(tag: string | undefined, { start, end }: Window): string | undefined {
  if (tag === undefined || (start === 0 && end === undefined)) return tag
  return `${tag.slice(0, -1)}-${start.toString(16)}-${end?.toString(16) ?? ''}"`
}

function entityTag(text: unknown): string | undefined {
  if (text === '' || text === undefined || text === null) return undefined
  const tag = typeof text !== 'string' || isEntityTag(text) ? text : `"${text}"`
  if (typeof tag === 'string' && isEntityTag(tag)) return tag
  throw new TypeError('The "etag" function must return an entity tag (RFC 9110, section 8.8.3)')
}

function ownDate(file: DescribedFile, settings: DescribeSettings, now: number): number | undefined {
  return settings.lastModified ? lastModified(file, now) : undefined
}
