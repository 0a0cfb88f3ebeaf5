import { CONTENT_CODINGS, type ContentCoding } from '../http/content-coding.js'
import { describeValue, type OptionRule } from './option-rules.js'

const ACCEPTED = 'true, false or an array of "br", "zstd" and "gzip"'

const NONE: readonly ContentCoding[] = []

/** The `precompressed` option: the codings of which siblings are sent, the preferred one first. */
export const precompressedRule: OptionRule<readonly ContentCoding[]> = {
  expected: ACCEPTED,
  defaultValue: NONE,
  parse: (value, caller) => {
    if (typeof value === 'boolean') return value ? CONTENT_CODINGS : NONE
    if (!Array.isArray(value)) return undefined
    const codings = new Set(value.map((one) => parseCoding(one, caller)))
    return codings.size === 0 ? NONE : [...codings]
  },
}

function parseCoding(value: unknown, caller: string): ContentCoding {
  const coding = CONTENT_CODINGS.find((one) => one === value)
  if (coding !== undefined) return coding
  throw new TypeError(
    `${caller}: option "precompressed" must be ${ACCEPTED}, which ${describeValue(value)} is not one of`,
  )
}
