import { types } from 'node:util'
import type { CacheControlFunction } from '../http/cache-control.js'
import { confinedName } from '../path/confined-name.js'
import { describeValue, isFunction, type OptionRule, optionProperties } from './option-rules.js'
import { contentRules } from './response-rules.js'

/** What `cacheControl` may be in `streamFiles`. */
export type CacheControlOption = boolean | 'fingerprinted' | CacheControlFunction

const PATTERNS = 'a RegExp or an array of them'

const EXTENSION = /^\.?[^./\\]+$/

export function cacheControlRule(): OptionRule<CacheControlOption> {
  return {
    expected: 'true, false, "fingerprinted" or a function',
    defaultValue: true,
    parse: (value) =>
      typeof value === 'boolean' ||
      value === 'fingerprinted' ||
      isFunction<CacheControlFunction>(value)
        ? value
        : undefined,
  }
}

export function excludeRule(): OptionRule<readonly RegExp[]> {
  return {
    expected: PATTERNS,
    defaultValue: [],
    parse: (value, caller) => {
      if (types.isRegExp(value)) return [value]
      return Array.isArray(value) ? value.map((one) => parsePattern(caller, one)) : undefined
    },
  }
}

function parsePattern(caller: string, value: unknown): RegExp {
  if (types.isRegExp(value)) return value
  throw new TypeError(
    `${caller}: option "exclude" must be ${PATTERNS}, which ${describeValue(value)} is not one of`,
  )
}

/** The name of a page below the root; `false` means none. */
export function pageRule(): OptionRule<string | false> {
  return {
    expected: 'the name of a file below the root, or false',
    defaultValue: false,
    parse: (value) => {
      if (value === false) return false
      if (typeof value !== 'string') return undefined
      const verdict = confinedName(value, process.platform)
      return verdict.ok && !verdict.trailingSlash ? verdict.name : undefined
    },
  }
}

/** Media types by extension, with their charset. */
export function typesRule(): OptionRule<ReadonlyMap<string, string>> {
  const expected = 'an object of file extensions and their media types'
  return {
    expected,
    defaultValue: new Map(),
    parse: (value, caller) => {
      const given = optionProperties(caller, 'types', expected, value)
      return given && new Map(given.map(([name, type]) => parseType(caller, name, type)))
    },
  }
}

/** @throws TypeError that names the invalid entry */
function parseType(caller: string, extension: string, type: unknown): readonly [string, string] {
  if (!EXTENSION.test(extension)) {
    throw new TypeError(
      `${caller}: option "types" has ${describeValue(extension)}, which is not a file extension`,
    )
  }
  const mediaType = contentRules.type.parse(type, caller)
  if (mediaType !== undefined) return [extension.replace('.', '').toLowerCase(), mediaType]
  throw new TypeError(
    `${caller}: option "types" must have a media type for "${extension}", not ${describeValue(type)}`,
  )
}
