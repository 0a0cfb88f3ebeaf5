import type { CacheLimits } from '../source/hot-files.js'
import { integer, type Rule, resolveOptions } from './rules.js'

const limits = {
  maxBytes: integer(0, Number.MAX_SAFE_INTEGER, 16 * 1024 * 1024),
  maxFileBytes: integer(0, Number.MAX_SAFE_INTEGER, 128 * 1024),
}

/** How much is kept in memory, or `false` for nothing. */
export function cacheRule(): Rule<CacheLimits | false> {
  return {
    accepted: 'an object with maxBytes and maxFileBytes, or false',
    fallback: resolveOptions('', limits, {}),
    read: (value) => {
      if (value === false) return false
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      return resolveOptions('streamFiles, option "cache"', limits, value)
    },
  }
}
