import { mediaTypeEssence } from './media-type.js'

// Compressed already, or of a type that gains nothing. Whatever is not listed counts as compressible:
// a middleware may know a newer list of types than this one.
const TEXT_SUFFIX = /\+(?:json|text|xml|yaml)$/
const SOUND_PICTURES_AND_FONTS = /^(?:audio|video|image)\/|^font\/woff2?$/
const BITMAPS: ReadonlySet<string> = new Set([
  'image/bmp',
  'image/vnd.adobe.photoshop',
  'image/vnd.microsoft.icon',
  'image/vnd.ms-dds',
  'image/x-icon',
  'image/x-ms-bmp',
])
const COMPRESSED_APPLICATION =
  /^application\/(?:.+\+zip|font-woff2?|gzip|java-archive|msword|ogg|pdf|vnd\.android\.package-archive|vnd\.google-earth\.kmz|vnd\.ms-(?:cab-compressed|excel|powerpoint)|vnd\.oasis\.opendocument\..+|vnd\.openxmlformats-officedocument\..+|vnd\.rar|x-(?:7z-compressed|bzip2?|gzip|rar-compressed|shockwave-flash|xz|zip-compressed)|zip|zstd)$/

/** Whether a middleware such as `compression()` may compress a body of this media type. */
export function isCompressible(type: string): boolean {
  const essence = mediaTypeEssence(type)
  if (TEXT_SUFFIX.test(essence) || BITMAPS.has(essence)) return true
  return !SOUND_PICTURES_AND_FONTS.test(essence) && !COMPRESSED_APPLICATION.test(essence)
}
