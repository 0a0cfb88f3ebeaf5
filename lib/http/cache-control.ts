/** The options for caching. */
export interface CacheSettings {
  readonly cacheControl: boolean
  readonly immutable: boolean
  /** In milliseconds. */
  readonly maxAge: number
}

/** The value of `Cache-Control` (RFC 9111 §5.2.2), or `undefined` if the options disable the header. */
export function cacheControlField(settings: CacheSettings): string | undefined {
  if (!settings.cacheControl) return undefined
  const field = `public, max-age=${Math.floor(settings.maxAge / 1000)}`
  return settings.immutable ? `${field}, immutable` : field
}
