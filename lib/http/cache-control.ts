import type { FileInfo } from './describe.js'
import { isFingerprinted } from './fingerprint.js'
import { isPage } from './media-type.js'

/**
 * Returns the value of `Cache-Control` for a file. An empty string or `undefined` means no such header. A
 * promise is awaited. If the function throws, or its promise rejects, the response is a 500.
 */
export type CacheControlFunction = (
  file: FileInfo,
) => string | undefined | PromiseLike<string | undefined>

/** The options for caching. */
export interface CacheSettings {
  readonly cacheControl: boolean
  readonly immutable: boolean
  /** In milliseconds. */
  readonly maxAge: number
}

/** A response that caches store, and revalidate before every use (RFC 9111 §5.2.2.4). */
export const NO_CACHE = 'no-cache'

// RFC 9111 §5.2.2.1, RFC 8246. A year is the longest lifetime that caches are known to use.
const NEVER_CHANGES = 'public, max-age=31536000, immutable'

/** Whether the options leave the policy to what is stored with a file. */
export function keepsStoredPolicy({ cacheControl, immutable, maxAge }: CacheSettings): boolean {
  return cacheControl && !immutable && maxAge === 0
}

/** The value of `Cache-Control` (RFC 9111 §5.2.2), or `undefined` if the options disable the header. */
export function cacheControlField(settings: CacheSettings): string | undefined {
  if (!settings.cacheControl) return undefined
  const field = `public, max-age=${Math.floor(settings.maxAge / 1000)}`
  return settings.immutable ? `${field}, immutable` : field
}

/**
 * The value of `Cache-Control` for the output of a bundler: a page is revalidated, because it names the
 * current version of everything else, and a file that has a hash in its name never changes.
 *
 * @param otherwise the value for all other files
 */
export function fingerprintedCacheControl(
  path: string,
  mediaType: string,
  otherwise: string | undefined,
): string | undefined {
  if (isPage(mediaType)) return NO_CACHE
  return isFingerprinted(path) ? NEVER_CHANGES : otherwise
}

/** What a `cacheControl` function returned, as the value of the header. */
export function toCacheControl(value: unknown): string | undefined {
  if (value === '' || value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new TypeError('The "cacheControl" function must return a string')
}
