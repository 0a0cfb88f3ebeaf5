import type { RefusalReason } from './refusal.js'

/** How to treat a name that has a segment with a leading dot. */
export type DotfilePolicy = 'allow' | 'deny' | 'ignore'

// RFC 8615: the one name with a leading dot that is meant to be public, at the top level only.
const WELL_KNOWN = '.well-known'

/**
 * Checks every segment of a name below the root. With `'ignore'`, `/.well-known/` is served all the same,
 * because protocols such as ACME need it.
 */
export function dotfileRefusal(name: string, policy: DotfilePolicy): RefusalReason | undefined {
  if (policy === 'allow' || !hasDotSegment(name)) return undefined
  if (policy === 'deny') return 'dotfile-denied'
  return isWellKnown(name) && !hasDotSegment(name.slice(1)) ? undefined : 'dotfile-ignored'
}

function hasDotSegment(name: string): boolean {
  return name.startsWith('.') || name.includes('/.')
}

function isWellKnown(name: string): boolean {
  return name === WELL_KNOWN || name.startsWith(`${WELL_KNOWN}/`)
}
