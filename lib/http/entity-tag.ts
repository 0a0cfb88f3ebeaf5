/** RFC 9110 §8.8.3: an entity tag, weak or strong. */
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/

const SPACE = /[ \t]/

export function isEntityTag(text: string): boolean {
  return ENTITY_TAG.test(text)
}

export function isWeak(etag: string): boolean {
  return etag.startsWith('W/')
}

/** RFC 9110 §8.8.3.2: the entity tags are equal, and neither is weak. */
export function strongMatch(a: string, b: string): boolean {
  return a === b && !isWeak(a)
}

/** RFC 9110 §8.8.3.2: the opaque parts are equal, whether the entity tags are weak or not. */
export function weakMatch(a: string, b: string): boolean {
  return opaquePart(a) === opaquePart(b)
}

/**
 * Whether a list of entity tags contains one that matches. It makes one pass over the field, so it takes
 * linear time. Everything after a malformed entity tag is ignored.
 */
export function someEntityTag(field: string, matches: (etag: string) => boolean): boolean {
  let position = 0
  while (true) {
    while (position < field.length && isSeparator(field.charAt(position))) position++
    const end = endOfEntityTag(field, position)
    if (end === undefined) return false
    if (matches(field.slice(position, end))) return true
    position = end
  }
}

function endOfEntityTag(field: string, start: number): number | undefined {
  const quote = field.startsWith('W/', start) ? start + 2 : start
  if (field.charAt(quote) !== '"') return undefined
  const closing = field.indexOf('"', quote + 1)
  return closing === -1 ? undefined : closing + 1
}

function isSeparator(character: string): boolean {
  return character === ',' || SPACE.test(character)
}

function opaquePart(etag: string): string {
  return isWeak(etag) ? etag.slice(2) : etag
}
