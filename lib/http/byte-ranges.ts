/**
 * A range of bytes. Both positions are inclusive, as in RFC 9110 §14.1.2. An `end` of `Infinity` means the
 * end of the file.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A part of a body: a range of the file, or literal bytes such as a multipart delimiter. */
export type Segment = ByteRange | Uint8Array

/** The length of a body in bytes; `Infinity` if it is known only at the end. */
export function segmentsLength(segments: readonly Segment[]): number {
  return segments.reduce(
    (sum, segment) =>
      sum + (segment instanceof Uint8Array ? segment.length : segment.end - segment.start + 1),
    0,
  )
}

/** The result of parsing a `Range` field. An invalid or empty set of ranges is ignored. */
export type ParsedRange = 'ignored' | 'unsatisfiable' | readonly ByteRange[]

// More parts than any PDF viewer or download tool requests at once.
const MAX_RANGES = 100

const UNIT = /^bytes=/i
// RFC 9110 §5.6.3: only spaces and tabs are white space. `trim` would remove other characters too.
const RANGE_SPEC = /^[ \t]*(\d*)-(\d*)[ \t]*$/
const EMPTY_ELEMENT = /^[ \t]*$/

/**
 * Parses a `Range` field (RFC 9110 §14.1.2) for a representation of `size` bytes. Ranges that overlap or
 * touch are coalesced (§15.3.7.2), at the index of the first one, so no response is longer than the
 * representation. Parsing takes linear time (CVE-2025-62727); only sorting the ranges takes O(n log n).
 */
export function parseRange(field: string, size: number): ParsedRange {
  if (!UNIT.test(field)) return 'ignored'
  const ranges: ByteRange[] = []
  let specs = 0
  for (const spec of field.slice('bytes='.length).split(',')) {
    // RFC 9110 §5.6.1.2: empty elements of a list are ignored.
    if (EMPTY_ELEMENT.test(spec)) continue
    const range = parseRangeSpec(spec, size)
    if (range === 'invalid') return 'ignored'
    if (range !== 'unsatisfiable') ranges.push(range)
    specs++
  }
  if (specs === 0) return 'ignored'
  if (ranges.length === 0) return 'unsatisfiable'
  // In an empty representation only a suffix range is satisfiable, and it covers the whole.
  if (size === 0) return 'ignored'
  const parts = coalesce(ranges)
  return parts.length > MAX_RANGES ? 'ignored' : parts
}

function parseRangeSpec(spec: string, size: number): ByteRange | 'invalid' | 'unsatisfiable' {
  const match = RANGE_SPEC.exec(spec)
  if (match === null) return 'invalid'
  const [, first = '', last = ''] = match
  if (first === '') return last === '' ? 'invalid' : parseSuffix(Number(last), size)
  const start = Number(first)
  const end = last === '' ? Number.POSITIVE_INFINITY : Number(last)
  if (end < start) return 'invalid'
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable'
}

function parseSuffix(length: number, size: number): ByteRange | 'unsatisfiable' {
  return length === 0 ? 'unsatisfiable' : { start: Math.max(size - length, 0), end: size - 1 }
}

interface Group {
  start: number
  end: number
  index: number
}

function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  if (ranges.length === 1) return ranges
  const sorted = ranges
    .map((range, index): Group => ({ ...range, index }))
    .sort((a, b) => a.start - b.start)
  const groups: Group[] = []
  for (const range of sorted) {
    const group = groups.at(-1)
    if (group === undefined || range.start > group.end + 1) {
      groups.push(range)
    } else {
      group.end = Math.max(group.end, range.end)
      group.index = Math.min(group.index, range.index)
    }
  }
  return groups.sort((a, b) => a.index - b.index).map(({ start, end }) => ({ start, end }))
}
