import type { ByteRange, Segment } from './byte-ranges.js'

/** The parts of a `multipart/byteranges` body (RFC 9110 §14.6), and its length in bytes. */
export interface MultipartBody {
  readonly segments: readonly Segment[]
  readonly length: number
}

/** Builds the multipart body for several ranges of a representation of `size` bytes. */
export function multipartByteRanges(
  ranges: readonly ByteRange[],
  boundary: string,
  type: string,
  size: number,
): MultipartBody {
  const segments: Segment[] = []
  let length = 0
  for (const range of ranges) {
    const lineBreak = segments.length === 0 ? '' : '\r\n'
    const partHeader = Buffer.from(
      `${lineBreak}--${boundary}\r\nContent-Type: ${type}\r\n` +
        `Content-Range: ${contentRange(range, size)}\r\n\r\n`,
      'latin1',
    )
    segments.push(partHeader, range)
    length += partHeader.length + range.end - range.start + 1
  }
  const closeDelimiter = Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1')
  segments.push(closeDelimiter)
  return { segments, length: length + closeDelimiter.length }
}

/** The value of `Content-Range` (RFC 9110 §14.4). */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.end}/${size}`
}
