import { someEntityTag, strongMatch, weakMatch } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'
import type { Representation, RequestFields } from './representation.js'

/** A precondition that is absent or cannot be evaluated is ignored. */
type PreconditionResult = 'absent' | 'holds' | 'fails'

export type PreconditionVerdict = 'proceed' | 'not-modified' | 'failed'

/** Evaluates the preconditions in the order of RFC 9110 §13.2.2, for GET and HEAD. */
export function evaluatePreconditions(
  request: RequestFields,
  representation: Representation,
  now: number,
): PreconditionVerdict {
  const ifMatch = checkIfMatch(request.ifMatch, representation)
  if (ifMatch === 'fails') return 'failed'
  if (ifMatch === 'absent') {
    if (checkIfUnmodifiedSince(request.ifUnmodifiedSince, representation, now) === 'fails') {
      return 'failed'
    }
  }
  const ifNoneMatch = checkIfNoneMatch(request.ifNoneMatch, representation)
  if (ifNoneMatch === 'fails') return 'not-modified'
  if (ifNoneMatch === 'absent') {
    if (checkIfModifiedSince(request.ifModifiedSince, representation, now) === 'fails') {
      return 'not-modified'
    }
  }
  return 'proceed'
}

/** RFC 9110 §13.1.5: whether the representation is still the one that the client has a part of. */
export function ifRangeMatches(
  field: string | undefined,
  representation: Representation,
  now: number,
): boolean {
  if (field === undefined) return true
  const { etag, lastModified, dateIsUnreliable, negotiated, reencoding } = representation
  // The client may have a part in another content coding, with the same date.
  if (reencoding === 'possible') return false
  if (field.endsWith('"')) return etag !== undefined && strongMatch(field, etag)
  if (negotiated !== undefined) return false
  // A date is a strong validator only if the file cannot change again within the same second.
  return (
    lastModified !== undefined && !dateIsUnreliable && parseHttpDate(field, now) === lastModified
  )
}

function checkIfMatch(field: string | undefined, { etag }: Representation): PreconditionResult {
  if (field === undefined) return 'absent'
  if (field.trim() === '*') return 'holds'
  if (etag === undefined) return 'fails'
  return someEntityTag(field, (candidate) => strongMatch(candidate, etag)) ? 'holds' : 'fails'
}

function checkIfUnmodifiedSince(
  field: string | undefined,
  { lastModified }: Representation,
  now: number,
): PreconditionResult {
  const date = field === undefined ? undefined : parseHttpDate(field, now)
  if (date === undefined || lastModified === undefined) return 'absent'
  return lastModified <= date ? 'holds' : 'fails'
}

function checkIfNoneMatch(
  field: string | undefined,
  { etag, etagIsUnreliable }: Representation,
): PreconditionResult {
  if (field === undefined) return 'absent'
  if (field.trim() === '*') return 'fails'
  if (etag === undefined || etagIsUnreliable) return 'holds'
  return someEntityTag(field, (candidate) => weakMatch(candidate, etag)) ? 'fails' : 'holds'
}

function checkIfModifiedSince(
  field: string | undefined,
  { lastModified, dateIsUnreliable }: Representation,
  now: number,
): PreconditionResult {
  const date = field === undefined ? undefined : parseHttpDate(field, now)
  if (date === undefined || lastModified === undefined) return 'absent'
  return lastModified <= date && !dateIsUnreliable ? 'fails' : 'holds'
}
