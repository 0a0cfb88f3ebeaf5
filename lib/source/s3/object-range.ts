import type { ByteRange } from '../../http/byte-ranges.js'

// Fifteen digits are always a safe integer, here and in the store.
const PLAIN_RANGE = /^bytes=[ \t]*(\d{1,15})-(\d{0,15})[ \t]*$/i
const PLAIN_SUFFIX = /^bytes=[ \t]*-(\d{1,15})[ \t]*$/i

/**
 * The field to ask a store for, if it and the store cannot disagree about what it means; otherwise
 * `undefined`. Stores take `bytes=-0` for the whole object, `bytes=9-3` for the whole or for unsatisfiable,
 * and of several ranges the first.
 */
export function plainRange(field: string): string | undefined {
  const range = PLAIN_RANGE.exec(field)
  if (range !== null) {
    const [, first = '', last = ''] = range
    if (last !== '' && Number(last) < Number(first)) return undefined
    return `bytes=${first}-${last}`
  }
  const suffix = PLAIN_SUFFIX.exec(field)?.[1]
  return suffix === undefined || Number(suffix) === 0 ? undefined : `bytes=-${suffix}`
}

/** The `Range` field for the bytes of an object from `start` to `end`; `undefined` for the whole. */
export function rangeField(
  { start, end }: ByteRange,
  size: number | undefined,
): string | undefined {
  const isWhole = start === 0 && end >= (size ?? Number.POSITIVE_INFINITY) - 1
  return isWhole ? undefined : `bytes=${start}-${Number.isFinite(end) ? end : ''}`
}

/** What the `Content-Range` of a 206 says. */
export interface ContentRange extends ByteRange {
  /** The size of the whole object. */
  readonly size: number
}

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i

/** Parses the `Content-Range` of a 206 (RFC 9110 §14.4); `undefined` if it is not one. */
export function parseContentRange(field: string): ContentRange | undefined {
  const [, start, end, size] = CONTENT_RANGE.exec(field)?.map(Number) ?? []
  if (start === undefined || end === undefined || size === undefined) return undefined
  return start <= end && end < size ? { start, end, size } : undefined
}
