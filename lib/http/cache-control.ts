/** What the options say about caching. */
export interface CacheSettings {
  readonly cacheControl: boolean
  readonly immutable: boolean
  /** In milliseconds. */
  readonly maxAge: number
}

/** The `Cache-Control` field for them (RFC 9111 §5.2.2), or `undefined` where there is to be none. */
export function cacheControlField(settings: CacheSettings): string | undefined {
  if (!settings.cacheControl) return undefined
  const field = `public, max-age=${Math.floor(settings.maxAge / 1000)}`
  return settings.immutable ? `${field}, immutable` : field
}
