// For the types and dates of a whole site; of more, the oldest are not worth a list of their own.
const MAX_VALUES = 1000

/** A pure function that remembers what it gave, for keys that come again and again. */
export function memoize<Key, Value extends {}>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>()
  return (key) => {
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    if (known.size >= MAX_VALUES) known.clear()
    const value = compute(key)
    known.set(key, value)
    return value
  }
}
