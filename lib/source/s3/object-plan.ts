import { type ByteRange, parseRange } from '../../http/byte-ranges.js'
import { evaluatePreconditions, ifRangeMatches } from '../../http/preconditions.js'
import type { OpenContext } from '../custom/source-contract.js'
import type { ObjectMetadata } from './object-metadata.js'
import { plainRange } from './object-range.js'

/**
 * Which request to begin with: a GET of the whole or of one range, which brings the metadata too, or a HEAD
 * where only the metadata tells what will be sent.
 */
export type FirstRequest =
  | { readonly method: 'HEAD' }
  | { readonly method: 'GET'; readonly range: string | undefined }

export function firstRequest({ method, range, conditions }: OpenContext): FirstRequest {
  if (method === 'HEAD' || hasPreconditions(conditions)) return { method: 'HEAD' }
  if (range === undefined) return { method: 'GET', range }
  const plain = conditions?.ifRange === undefined ? plainRange(range) : undefined
  return plain === undefined ? { method: 'HEAD' } : { method: 'GET', range: plain }
}

function hasPreconditions(conditions: OpenContext['conditions']): boolean {
  return (
    conditions?.ifMatch !== undefined ||
    conditions?.ifNoneMatch !== undefined ||
    conditions?.ifModifiedSince !== undefined ||
    conditions?.ifUnmodifiedSince !== undefined
  )
}

/**
 * The first bytes of an object that the response will need, as far as its metadata tells: the application
 * may still decide otherwise, and other bytes are then got when they are read.
 */
export function firstBytes(
  { method, range, conditions = {} }: OpenContext,
  { size, etag, modified }: ObjectMetadata,
  now: number,
): ByteRange | undefined {
  const lastModified = modified?.getTime()
  const known = { etag, lastModified, etagIsUnreliable: false, dateIsUnreliable: false }
  const representation = { size, offset: 0, readTo: Number.POSITIVE_INFINITY, type: '', ...known }
  if (method === 'HEAD' || size === 0) return undefined
  if (evaluatePreconditions({ method, ...conditions }, representation, now) !== 'proceed') {
    return undefined
  }
  const whole = { start: 0, end: (size ?? Number.POSITIVE_INFINITY) - 1 }
  if (range === undefined || size === undefined) return whole
  if (!ifRangeMatches(conditions.ifRange, representation, now)) return whole
  const ranges = parseRange(range, size)
  if (ranges === 'unsatisfiable') return undefined
  return ranges === 'ignored' ? whole : ranges[0]
}
