import type { CacheLimits } from '../source/cache/file-cache.js'
import { integerRule, type OptionRule, resolveOptions } from './option-rules.js'

const limits = {
  maxBytes: integerRule(0, Number.MAX_SAFE_INTEGER, 16 * 1024 * 1024),
  maxFileBytes: integerRule(0, Number.MAX_SAFE_INTEGER, 128 * 1024),
}

/** The limits of the file cache, or `false` for no cache. */
export function cacheRule(): OptionRule<CacheLimits | false> {
  return {
    expected: 'an object with maxBytes and maxFileBytes, or false',
    defaultValue: resolveOptions('', limits, {}),
    parse: (value) => {
      if (value === false) return false
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      return resolveOptions('streamFiles, option "cache"', limits, value)
    },
  }
}
