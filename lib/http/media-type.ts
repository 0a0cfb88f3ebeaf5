import { extname } from 'node:path'
import { contentType } from 'mime-types'
import { memoize } from './memoize.js'

/** RFC 9110 §8.3: what is not known is nothing but bytes. */
export const DEFAULT_MEDIA_TYPE = 'application/octet-stream'

const typeOfExtension = memoize((extension: string) => contentType(extension) || DEFAULT_MEDIA_TYPE)

/** The media type of a file by its extension, with its charset. */
export function mediaTypeForPath(path: string): string {
  return typeOfExtension(extname(path))
}

/** The media type that an option names: itself, or an extension that stands for it. */
export function resolveMediaType(type: string): string {
  return contentType(type) || (type.includes('/') ? type : DEFAULT_MEDIA_TYPE)
}

/** A media type without its parameters, in lower case (RFC 9110 §8.3.1). */
export function mediaTypeEssence(type: string): string {
  const semicolon = type.indexOf(';')
  return (semicolon === -1 ? type : type.slice(0, semicolon)).trim().toLowerCase()
}
