/**
 * A range of bytes, both ends included, as RFC 9110 §14.1.2 counts them. An `end` of `Infinity`
 * means the end of the file, wherever reading finds it.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A piece of a body: a range of the file, or bytes that stand between two ranges. */
export type Segment = ByteRange | Uint8Array

/** What a `Range` field asks for: nothing that counts, nothing that exists, or these ranges. */
export type ParsedRange = 'ignored' | 'unsatisfiable' | readonly ByteRange[]

// More parts than any viewer asks for at once.
const MAX_RANGES = 100

const UNIT = /^bytes=/i
// White space as RFC 9110 §5.6.3 knows it, which is less than what `trim` takes off.
const RANGE_SPEC = /^[ \t]*(\d*)-(\d*)[ \t]*$/
const EMPTY_ELEMENT = /^[ \t]*$/

/**
 * Reads a `Range` field (RFC 9110 §14.1.2) for a representation of `size` bytes. Ranges that overlap
 * or touch become one (§15.3.7.2), in the place of the first; so no answer is longer than the
 * representation. Takes time in proportion to the field, but for the sorting of its ranges
 * (CVE-2025-62727).
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
  // Nothing is satisfiable in no bytes but a suffix, and that is the whole of it.
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
  place: number
}

function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  if (ranges.length === 1) return ranges
  const sorted = ranges
    .map((range, place): Group => ({ ...range, place }))
    .sort((a, b) => a.start - b.start)
  const groups: Group[] = []
  for (const range of sorted) {
    const group = groups.at(-1)
    if (group === undefined || range.start > group.end + 1) {
      groups.push(range)
    } else {
      group.end = Math.max(group.end, range.end)
      group.place = Math.min(group.place, range.place)
    }
  }
  return groups.sort((a, b) => a.place - b.place).map(({ start, end }) => ({ start, end }))
}
