import { basename, extname } from 'node:path'
import { contentType } from 'mime-types'

const UNKNOWN = 'application/octet-stream'

/** The media type of a file by its extension, with its charset. */
export function mediaTypeOfFile(path: string): string {
  return contentType(extname(basename(path))) || UNKNOWN
}

/** The media type that an option names: itself, or an extension that stands for it. */
export function mediaTypeNamed(type: string): string {
  return contentType(type) || (type.includes('/') ? type : UNKNOWN)
}
