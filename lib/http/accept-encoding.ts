import type { ContentCoding } from './content-coding.js'
import { memoize } from './memoize.js'
import { parseWeight } from './weight.js'

// Longer than what browsers send. Such a field is parsed each time, so that clients cannot fill the memory.
const MAX_MEMOIZED_LENGTH = 100

const NO_CODINGS: readonly ContentCoding[] = []

/**
 * Returns the codings that a request accepts with at least the weight of `identity`, best first (RFC 9110
 * §12.5.3). If there is none, the body is sent unencoded, even to a client that refuses `identity`: a 406
 * would be of less use to it.
 *
 * @param field `Accept-Encoding`. A client that sends none may not be able to decode anything
 */
export type AcceptedCodings = (field: string | undefined) => readonly ContentCoding[]

/** @param codings those to choose from. Their order decides between equal weights */
export function acceptedCodings(codings: readonly ContentCoding[]): AcceptedCodings {
  const choose = (field: string) => chooseCodings(field, codings)
  const memoized = memoize(choose)
  return (field) => {
    if (field === undefined) return NO_CODINGS
    return field.length > MAX_MEMOIZED_LENGTH ? choose(field) : memoized(field)
  }
}

function chooseCodings(field: string, codings: readonly ContentCoding[]): readonly ContentCoding[] {
  const weights = parseWeights(field)
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0
  const least = weightOf('identity')
  return codings
    .filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= least)
    .sort((a, b) => weightOf(b) - weightOf(a))
}

function parseWeights(field: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const member of field.split(',')) {
    const [token = '', ...parameters] = member.split(';')
    const coding = canonicalCoding(token.trim().toLowerCase())
    // A coding that is listed twice is refused if one of the two refuses it.
    weights.set(coding, Math.min(parseWeight(parameters), weights.get(coding) ?? 1))
  }
  return weights
}

/** RFC 9110 §8.4.1.3: `x-gzip` is equivalent to `gzip`. */
function canonicalCoding(token: string): string {
  return token === 'x-gzip' ? 'gzip' : token
}
