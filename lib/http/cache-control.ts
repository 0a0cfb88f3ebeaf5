/** The options for caching. */
export interface CacheSettings {
  readonly cacheControl: boolean
  readonly immutable: boolean
  /** In milliseconds. */
  readonly maxAge: number
}

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
