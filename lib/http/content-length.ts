import { mediaTypeEssence } from './media-type.js'
import type { Representation } from './representation.js'

/** Whether a complete body has a `Content-Length`. `'auto'` decides by the type and size of the body. */
export type ContentLengthPolicy = boolean | 'auto'

// Types of bodies that clients seek in or resume, or whose download progress they show.
const AUDIO_AND_VIDEO = /^(?:audio|video)\/(?!.*\+(?:json|xml)$)/
const ARCHIVE_SUFFIX = /\+zip$/
const DOCUMENTS_AND_ARCHIVES: ReadonlySet<string> = new Set([
  'application/gzip',
  'application/java-archive',
  'application/octet-stream',
  'application/pdf',
  'application/tar',
  'application/vnd.android.package-archive',
  'application/vnd.debian.binary-package',
  'application/vnd.ms-cab-compressed',
  'application/vnd.rar',
  'application/x-7z-compressed',
  'application/x-apple-diskimage',
  'application/x-bzip',
  'application/x-bzip2',
  'application/x-compressed',
  'application/x-cpio',
  'application/x-deb',
  'application/x-debian-package',
  'application/x-gtar',
  'application/x-gzip',
  'application/x-iso9660-image',
  'application/x-lzip',
  'application/x-lzma',
  'application/x-msdos-program',
  'application/x-msdownload',
  'application/x-rar-compressed',
  'application/x-redhat-package-manager',
  'application/x-rpm',
  'application/x-tar',
  'application/x-xz',
  'application/x-zip-compressed',
  'application/zip',
  'application/zstd',
])

// RFC 6266 §4.2: the disposition type is case-insensitive.
const ATTACHMENT = /^\s*attachment\s*(?:;|$)/i

/** Whether clients seek in a body, resume its download, or show its progress. */
export function isDownload({
  type,
  disposition,
}: Pick<Representation, 'type' | 'disposition'>): boolean {
  if (disposition !== undefined && ATTACHMENT.test(disposition)) return true
  const essence = mediaTypeEssence(type)
  return (
    DOCUMENTS_AND_ARCHIVES.has(essence) ||
    AUDIO_AND_VIDEO.test(essence) ||
    ARCHIVE_SUFFIX.test(essence)
  )
}

/** Whether a complete body of known size has a `Content-Length`. If not, it is chunked. */
export function hasContentLength(
  policy: ContentLengthPolicy,
  representation: Representation,
  chunkSize: number,
): boolean {
  if (policy !== 'auto') return policy
  const { size } = representation
  return (size !== undefined && size <= chunkSize) || isDownload(representation)
}
