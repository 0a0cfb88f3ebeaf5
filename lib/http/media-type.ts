import { extname } from 'node:path'
import { contentType } from 'mime-types'
import { memoize } from './memoize.js'

/** RFC 9110 §8.3: the type of content whose type is unknown. */
export const DEFAULT_MEDIA_TYPE = 'application/octet-stream'

const typeForExtension = memoize(
  (extension: string) => contentType(extension) || DEFAULT_MEDIA_TYPE,
)

/** The media type for the extension of a path, with its charset. */
export function mediaTypeForPath(path: string): string {
  return typeForExtension(extname(path))
}

/** The media type that the application has for the extension of a path, if it has one. */
export type OwnMediaType = (path: string) => string | undefined

/** @param types media types by extension, in lower case and without a dot */
export function ownMediaTypes(types: ReadonlyMap<string, string>): OwnMediaType | undefined {
  return types.size === 0 ? undefined : (path) => types.get(extname(path).slice(1).toLowerCase())
}

/** The media type, with its charset, of a media type or a file extension; `undefined` for an unknown extension. */
export function resolveMediaType(type: string): string | undefined {
  return contentType(type) || undefined
}

/** Whether a media type, with or without parameters, is one of pages: HTML or XHTML. */
export function isPage(type: string): boolean {
  const essence = mediaTypeEssence(type)
  return essence === 'text/html' || essence === 'application/xhtml+xml'
}

/** A media type without its parameters, in lower case (RFC 9110 §8.3.1). */
export function mediaTypeEssence(type: string): string {
  const semicolon = type.indexOf(';')
  return (semicolon === -1 ? type : type.slice(0, semicolon)).trim().toLowerCase()
}
