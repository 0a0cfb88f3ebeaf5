import { someEntityTag, strongMatch, weakMatch } from './entity-tag.js'
import { parseHttpDate } from './http-date.js'
import type { Representation, RequestFields } from './representation.js'

/** A condition that is absent, or cannot be evaluated, does not count. */
type PreconditionResult = 'absent' | 'holds' | 'fails'

export type PreconditionVerdict = 'proceed' | 'not-modified' | 'failed'

/** RFC 9110 §13.2.2, in its order of precedence, for GET and HEAD. */
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

/** RFC 9110 §13.1.5: whether a `Range` field still means the representation it was made for. */
export function ifRangeMatches(
  field: string | undefined,
  representation: Representation,
  now: number,
): boolean {
  if (field === undefined) return true
  const { etag, lastModified, dateIsUnreliable: dateMayLinger, reencoding } = representation
  // The client may hold bytes of another content coding, under the same date.
  if (reencoding === 'possible') return false
  if (field.endsWith('"')) return etag !== undefined && strongMatch(field, etag)
  // A date is a strong validator only once its second is over.
  return lastModified !== undefined && !dateMayLinger && parseHttpDate(field, now) === lastModified
}

function checkIfMatch(field: string | undefined, { etag }: Representation): PreconditionResult {
  if (field === undefined) return 'absent'
  if (field.trim() === '*') return 'holds'
  if (etag === undefined) return 'fails'
  return someEntityTag(field, (tag) => strongMatch(tag, etag)) ? 'holds' : 'fails'
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
  { etag, etagIsUnreliable: tagMayLinger }: Representation,
): PreconditionResult {
  if (field === undefined) return 'absent'
  if (field.trim() === '*') return 'fails'
  if (etag === undefined || tagMayLinger) return 'holds'
  return someEntityTag(field, (tag) => weakMatch(tag, etag)) ? 'fails' : 'holds'
}

function checkIfModifiedSince(
  field: string | undefined,
  { lastModified, dateIsUnreliable: dateMayLinger }: Representation,
  now: number,
): PreconditionResult {
  const date = field === undefined ? undefined : parseHttpDate(field, now)
  if (date === undefined || lastModified === undefined) return 'absent'
  return lastModified <= date && !dateMayLinger ? 'fails' : 'holds'
}
