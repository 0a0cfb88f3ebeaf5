import type { RefusalReason } from './refusal.js'

/** What to do with a name that has a segment beginning with a dot. */
export type DotfilePolicy = 'allow' | 'deny' | 'ignore'

// RFC 8615: the one dot name that is meant to be public, at the top of the site only.
const WELL_KNOWN = '.well-known'

/**
 * Judges every segment of a name below the root. `/.well-known/` is served unless dotfiles are
 * denied outright, since ACME and the like live there.
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
