import type { ByteRange, Segment } from './byte-ranges.js'

/** The body of a `multipart/byteranges` (RFC 9110 §14.6), and its length in bytes. */
export interface MultipartBody {
  readonly segments: readonly Segment[]
  readonly length: number
}

/** Frames several ranges of a representation of `size` bytes. */
export function multipartByteRanges(
  ranges: readonly ByteRange[],
  boundary: string,
  type: string,
  size: number,
): MultipartBody {
  const segments: Segment[] = []
  let length = 0
  for (const range of ranges) {
    const opening = segments.length === 0 ? '' : '\r\n'
    const head = Buffer.from(
      `${opening}--${boundary}\r\nContent-Type: ${type}\r\n` +
        `Content-Range: ${contentRange(range, size)}\r\n\r\n`,
      'latin1',
    )
    segments.push(head, range)
    length += head.length + range.end - range.start + 1
  }
  const close = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')
  segments.push(close)
  return { segments, length: length + close.length }
}

/** RFC 9110 §14.4. */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.end}/${size}`
}
