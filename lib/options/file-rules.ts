import ms from 'ms'
import type { Transform } from '../body/transform-reader.js'
import { statusOf } from '../errors.js'
import type { ContentLengthPolicy } from '../http/content-length.js'
import type { EtagFunction } from '../http/describe.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import type { SetHeaders } from '../response/file-response-settings.js'
import type { OnOutcome } from '../response/response-events.js'
import type { SymlinkPolicy } from '../source/disk/disk-source.js'
import { loadSendfile, type Sendfile } from '../source/disk/sendfile.js'
import { DEFAULT_CHUNK_SIZE } from '../source/read-window.js'
import { offloadRule } from './offload-rule.js'
import {
  booleanRule,
  enumRule,
  functionRule,
  integerRule,
  isFunction,
  LONGEST_TIMER,
  type OptionRule,
} from './option-rules.js'

// No cache needs a longer freshness lifetime; send has the same limit.
const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** A chunk is one buffer, whose size is limited. */
export const MAX_CHUNK_SIZE = 1024 * 1024 * 1024

/** The `chunkSize` of a file. */
export const chunkSizeRule = integerRule(1, MAX_CHUNK_SIZE, DEFAULT_CHUNK_SIZE)

/** The options that `streamFiles` and `streamResponse` share. */
export const fileRules = {
  acceptRanges: booleanRule(true),
  cacheControl: booleanRule(true),
  chunkSize: chunkSizeRule,
  contentLength: contentLengthRule(),
  etag: etagRule(),
  extensions: extensionsRule(),
  immutable: booleanRule(false),
  index: namesRule(['index.html']),
  lastModified: booleanRule(true),
  maxAge: maxAgeRule(),
  offload: offloadRule,
  onOutcome: functionRule<OnOutcome>(),
  sendfile: sendfileRule(),
  setHeaders: functionRule<SetHeaders>(),
  stallTimeout: integerRule(1, LONGEST_TIMER, undefined),
  symlinks: enumRule<SymlinkPolicy>(['inside', 'follow', 'deny'], 'inside'),
  transform: functionRule<Transform>(),
}

export const DOTFILE_POLICIES: readonly DotfilePolicy[] = ['allow', 'deny', 'ignore']

function contentLengthRule(): OptionRule<ContentLengthPolicy> {
  return {
    expected: 'true, false or "auto"',
    defaultValue: false,
    parse: (value) => (typeof value === 'boolean' || value === 'auto' ? value : undefined),
  }
}

function etagRule(): OptionRule<boolean | EtagFunction> {
  return {
    expected: 'true, false or a function',
    defaultValue: true,
    parse: (value) =>
      typeof value === 'boolean' || isFunction<EtagFunction>(value) ? value : undefined,
  }
}

/** A name, a list of names, or `false` for none. Empty names are ignored. */
function namesRule(fallback: readonly string[]): OptionRule<readonly string[]> {
  return {
    expected: 'a name, an array of names or false',
    defaultValue: fallback,
    parse: (value) => {
      if (value === false) return []
      const names: unknown[] = Array.isArray(value) ? value : [value]
      return names.every((name) => typeof name === 'string')
        ? names.filter((name) => name !== '')
        : undefined
    },
  }
}

/** With or without their dot, as in `types`. */
function extensionsRule(): OptionRule<readonly string[]> {
  const names = namesRule([])
  return {
    ...names,
    parse: (value, caller) =>
      names
        .parse(value, caller)
        ?.map((name) => name.replace(/^\./, ''))
        .filter((name) => name !== ''),
  }
}

/** In milliseconds. */
function maxAgeRule(): OptionRule<number> {
  return {
    expected: 'a number of milliseconds or a duration such as "1d"',
    defaultValue: 0,
    parse: (value) => {
      const age = typeof value === 'string' ? readDuration(value) : value
      if (typeof age !== 'number' || Number.isNaN(age)) return undefined
      return Math.min(Math.max(age, 0), ONE_YEAR_MS)
    },
  }
}

/** Loads what it needs when the option is first checked: by `streamFiles`, or by the first `streamResponse` with it. */
function sendfileRule(): OptionRule<Sendfile | false> {
  let isUnavailable = false
  return {
    expected: 'true, false or "auto"',
    defaultValue: false,
    parse: (value, caller) => {
      if (value === false || (value === 'auto' && isUnavailable)) return false
      if (value !== true && value !== 'auto') return undefined
      try {
        return loadSendfile()
      } catch (cause) {
        isUnavailable = !isOutOfDescriptors(cause)
        if (value === 'auto') return false
        const { message } = cause as Error
        throw new TypeError(`${caller}: option "sendfile" ${message}`, { cause })
      }
    },
  }
}

/** Whether a later attempt may succeed. */
function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && statusOf(error.cause) === 503
}

function readDuration(duration: string): number | undefined {
  return duration === '' || duration.length > 100 ? undefined : ms(duration as ms.StringValue)
}
