// Enough for the types and dates of a whole site. When it is full it is cleared, which is simpler than an LRU.
const MAX_VALUES = 1000

/** Caches the results of a pure function by its argument. */
export function memoize<Key, Value extends {}>(compute: (key: Key) => Value): (key: Key) => Value {
  const cache = new Map<Key, Value>()
  return (key) => {
    const cached = cache.get(key)
    if (cached !== undefined) return cached
    if (cache.size >= MAX_VALUES) cache.clear()
    const value = compute(key)
    cache.set(key, value)
    return value
  }
}
