import { basename } from 'node:path'
import { create } from 'content-disposition'

// A lone surrogate cannot be encoded as UTF-8. It is replaced by U+FFFD, as encoders do.
const LONE_SURROGATE = /\p{Surrogate}/gu

/** The `Content-Disposition` field of a download (RFC 6266). Accepts any string as the file name. */
export function attachmentDisposition(name: string | undefined): string {
  if (name === undefined) return 'attachment'
  const base = basename(name).replace(LONE_SURROGATE, '\ufffd')
  return base === '' ? 'attachment' : create(base)
}
