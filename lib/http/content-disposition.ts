import { basename } from 'node:path'
import { create } from 'content-disposition'

// Half a character cannot be encoded; it is shown as U+FFFD, as everywhere else.
const LONE_SURROGATE = /\p{Surrogate}/gu

/** The `Content-Disposition` field of a download (RFC 6266), for any name at all. */
export function attachmentDisposition(name: string | undefined): string {
  if (name === undefined) return 'attachment'
  const base = basename(name).replace(LONE_SURROGATE, '\ufffd')
  return base === '' ? 'attachment' : create(base)
}
