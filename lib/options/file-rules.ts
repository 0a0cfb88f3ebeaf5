import ms from 'ms'
import type { ContentLengthPolicy } from '../http/content-length.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import type { SymlinkPolicy } from '../source/disk.js'
import type { EtagOf, OnOutcome, SetHeaders, Transform } from './options.js'
import { callback, flag, integer, isFunction, oneOf, type Rule } from './rules.js'

/** The default `chunkSize` in bytes; docs/performance.md has the measurement. */
export const DEFAULT_CHUNK_SIZE = 64 * 1024

// RFC 9111 knows no longer freshness than caches care for; send has the same bound.
const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1000

/** A chunk is one buffer, hence the bound. */
export const LARGEST_CHUNK = 1024 * 1024 * 1024

/** In milliseconds. A timer of Node's cannot be set to more; it would fire at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** `chunkSize`, wherever a file is read. */
export const chunkSizeRule = integer(1, LARGEST_CHUNK, DEFAULT_CHUNK_SIZE)

/** What `streamFiles` and `streamResponse` accept alike. */
export const fileRules = {
  acceptRanges: flag(true),
  cacheControl: flag(true),
  chunkSize: chunkSizeRule,
  contentLength: contentLengthRule(),
  etag: etagRule(),
  extensions: namesRule([]),
  immutable: flag(false),
  index: namesRule(['index.html']),
  lastModified: flag(true),
  maxAge: maxAgeRule(),
  onOutcome: callback<OnOutcome>(),
  setHeaders: callback<SetHeaders>(),
  stallTimeout: integer(1, LONGEST_TIMER, undefined),
  symlinks: oneOf<SymlinkPolicy>(['inside', 'follow', 'deny'], 'inside'),
  transform: callback<Transform>(),
}

export const DOTFILE_POLICIES: readonly DotfilePolicy[] = ['allow', 'deny', 'ignore']

function contentLengthRule(): Rule<ContentLengthPolicy> {
  return {
    accepted: 'true, false or "auto"',
    fallback: false,
    read: (value) => (typeof value === 'boolean' || value === 'auto' ? value : undefined),
  }
}

function etagRule(): Rule<boolean | EtagOf> {
  return {
    accepted: 'true, false or a function',
    fallback: true,
    read: (value) => (typeof value === 'boolean' || isFunction<EtagOf>(value) ? value : undefined),
  }
}

/** A name, a list of names, or `false` for none; so is an empty name. */
function namesRule(fallback: readonly string[]): Rule<readonly string[]> {
  return {
    accepted: 'a name, an array of names or false',
    fallback,
    read: (value) => {
      if (value === false) return []
      const names: unknown[] = Array.isArray(value) ? value : [value]
      return names.every((name) => typeof name === 'string')
        ? names.filter((name) => name !== '')
        : undefined
    },
  }
}

/** In milliseconds. */
function maxAgeRule(): Rule<number> {
  return {
    accepted: 'a number of milliseconds or a duration such as "1d"',
    fallback: 0,
    read: (value) => {
      const age = typeof value === 'string' ? readDuration(value) : value
      if (typeof age !== 'number' || Number.isNaN(age)) return undefined
      return Math.min(Math.max(age, 0), ONE_YEAR_MS)
    },
  }
}

function readDuration(duration: string): number | undefined {
  return duration === '' || duration.length > 100 ? undefined : ms(duration as ms.StringValue)
}
