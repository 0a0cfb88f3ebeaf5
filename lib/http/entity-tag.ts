/** RFC 9110 §8.8.3: an entity tag, weak or strong. */
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/

const SPACE = /[ \t]/

export function isEntityTag(text: string): boolean {
  return ENTITY_TAG.test(text)
}

export function isWeak(tag: string): boolean {
  return tag.startsWith('W/')
}

/** RFC 9110 §8.8.3.2: the same tag and neither weak. */
export function strongMatch(a: string, b: string): boolean {
  return a === b && !isWeak(a)
}

/** RFC 9110 §8.8.3.2: the same tag, weak or not. */
export function weakMatch(a: string, b: string): boolean {
  return opaque(a) === opaque(b)
}

/**
 * Whether a list of entity tags holds one that matches. One pass over the field: a list of 16 KiB
 * costs as much as its length. What follows a malformed tag is not looked at.
 */
export function someEntityTag(field: string, matches: (tag: string) => boolean): boolean {
  let position = 0
  while (true) {
    while (position < field.length && isSeparator(field.charAt(position))) position++
    const end = endOfTag(field, position)
    if (end === undefined) return false
    if (matches(field.slice(position, end))) return true
    position = end
  }
}

function endOfTag(field: string, start: number): number | undefined {
  const quote = field.startsWith('W/', start) ? start + 2 : start
  if (field.charAt(quote) !== '"') return undefined
  const closing = field.indexOf('"', quote + 1)
  return closing === -1 ? undefined : closing + 1
}

function isSeparator(character: string): boolean {
  return character === ',' || SPACE.test(character)
}

function opaque(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag
}
