import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { DigestAlgorithm } from '../body/decorators/digest-reader.js'
import type { OnProgress } from '../body/decorators/progress-reader.js'
import { resolveMediaType } from '../http/media-type.js'
import type { OnOutcome } from '../response/response-events.js'
import { fileRules } from './file-rules.js'
import {
  describeValue,
  enumRule,
  functionRule,
  integerRule,
  type OptionRule,
  optionProperties,
  signalRule,
} from './option-rules.js'

type Headers = ReadonlyMap<string, string | readonly string[]>

// RFC 9110 §8.3.1, with its parameters unchecked, or a file extension; only characters that a header may contain.
const TYPE = /^(?:[!#$%&'*+.^`|~\w-]+\/[!#$%&'*+.^`|~\w-]+(?:[ \t]*;[\x20-\x7e]*)?|[^/\s]+)$/

/** The options of one response in one route, whatever its body is. */
export const responseRules = {
  digest: digestRule(),
  errors: enumRule(['next', 'throw'], 'next'),
  headers: headersRule(),
  maxRate: integerRule(1, Number.MAX_SAFE_INTEGER, undefined),
  onOutcome: functionRule<OnOutcome>(),
  onProgress: functionRule<OnProgress>(),
  signal: signalRule,
  stallTimeout: fileRules.stallTimeout,
  status: integerRule(200, 599, undefined),
}

/** What a body says of itself. Server-sent events have one media type, and are no download. */
export const contentRules = {
  download: downloadRule(),
  type: typeRule(),
}

function digestRule(): OptionRule<DigestAlgorithm | undefined> {
  return {
    ...enumRule<DigestAlgorithm>(['sha-256', 'sha-512'], 'sha-256'),
    defaultValue: undefined,
  }
}

function downloadRule(): OptionRule<boolean | string> {
  return {
    expected: 'true, false or a file name',
    defaultValue: false,
    parse: (value) => (typeof value === 'boolean' || typeof value === 'string' ? value : undefined),
  }
}

function headersRule(): OptionRule<Headers> {
  const expected = 'an object of header names and their values'
  return {
    expected,
    defaultValue: new Map(),
    parse: (value, caller) => {
      const given = optionProperties(caller, 'headers', expected, value)
      if (given === undefined) return undefined
      const headers = given
        .filter(([, header]) => header !== undefined && header !== null)
        .map(([name, header]) => [name, readHeader(caller, name, header)] as const)
      return new Map(headers)
    },
  }
}

/** @throws TypeError that names the invalid header */
function readHeader(caller: string, name: string, value: unknown): string | readonly string[] {
  const text = (item: unknown) => headerText(caller, name, item)
  const header = Array.isArray(value) ? value.map(text) : text(value)
  try {
    validateHeaderName(name)
    for (const item of [header].flat()) validateHeaderValue(name, item)
  } catch (cause) {
    const message = `${caller}: option "headers" has a header ${describeValue(name)} that cannot be sent`
    throw new TypeError(message, { cause })
  }
  return header
}

/**
 * The text of one value. Anything else would be sent as what `String` makes of it, such as `[object Object]`.
 *
 * @throws TypeError that names the header
 */
function headerText(caller: string, name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value)
  }
  if (value instanceof URL) return value.href
  const message = `${caller}: option "headers" must have a string, a number or an array of strings for "${name}"`
  throw new TypeError(`${message}, not ${describeValue(value)}`)
}

/** Resolves to a media type with its charset. */
function typeRule(): OptionRule<string | undefined> {
  return {
    expected: 'a media type such as "text/csv", or an extension that has one, such as "csv"',
    defaultValue: undefined,
    parse: (value) =>
      typeof value === 'string' && TYPE.test(value) ? resolveMediaType(value) : undefined,
  }
}
