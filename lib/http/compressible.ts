import { mediaTypeEssence } from './media-type.js'

// Every type is compressible except those that are compressed already. An unknown type counts as
// compressible, because a compression middleware may have a newer list of types than this one.
const TEXT_SUFFIX = /\+(?:json|text|xml|yaml)$/
const AUDIO_VIDEO_IMAGES_AND_FONTS = /^(?:audio|video|image)\/|^font\/woff2?$/
const UNCOMPRESSED_IMAGES: ReadonlySet<string> = new Set([
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
  if (TEXT_SUFFIX.test(essence) || UNCOMPRESSED_IMAGES.has(essence)) return true
  return !AUDIO_VIDEO_IMAGES_AND_FONTS.test(essence) && !COMPRESSED_APPLICATION.test(essence)
}
