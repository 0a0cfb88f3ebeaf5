import type { ByteRange, Segment } from './byte-ranges.js'
import { parseRange } from './byte-ranges.js'
import { type ContentLengthPolicy, hasContentLength } from './content-length.js'
import { formatHttpDate } from './http-date.js'
import { contentRange, multipartByteRanges } from './multipart.js'
import { evaluatePreconditions, ifRangeMatches } from './preconditions.js'
import type { Representation, RequestFields } from './representation.js'

/** What to answer: a plain value, computed without a socket. */
export interface Decision {
  readonly status: number
  /** To be set, in this order. A field the application has set is not among them, or must change. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** To be taken off, where the application has set them for a body that is not sent now. */
  readonly remove: readonly string[]
  /** Whether a middleware must be told not to send the body in another content coding. */
  readonly noTransform?: boolean
  /** The body; empty where there is none. */
  readonly segments: readonly Segment[]
}

/** What the options say about answers. */
export interface ResponsePolicy {
  readonly acceptRanges: boolean
  /** The `Cache-Control` field, if there is to be one. */
  readonly cacheControl: string | undefined
  /** Whether a whole body of known size has a `Content-Length`, and is then not chunked. */
  readonly contentLength: ContentLengthPolicy
  /** The bytes of one chunk on the wire. */
  readonly chunkSize: number
}

/** What the decision is made from. */
export interface DecisionInput {
  readonly request: RequestFields
  readonly representation: Representation
  readonly policy: ResponsePolicy
  /** The status the response has so far. */
  readonly status: number
  /** Whether the application has set a field. */
  readonly isSet: (name: string) => boolean
  /** In milliseconds since the epoch. */
  readonly now: number
  /** Makes the delimiter of a multipart body. */
  readonly boundary: () => string
}

const FRAMING_HEADERS = ['Content-Length', 'Transfer-Encoding']
// RFC 9110 §15.4.5: a 304 repeats what a cache needs and nothing about a content it does not have.
const CONTENT_HEADERS = [
  'Content-Encoding',
  'Content-Language',
  'Content-Range',
  'Content-Type',
  ...FRAMING_HEADERS,
]
// What holds for the file does not hold for the message that it was not sent.
const FILE_HEADERS = [
  'Cache-Control',
  'Content-Disposition',
  'ETag',
  'Last-Modified',
  ...CONTENT_HEADERS,
]

// RFC 9110 §15.3.5, §15.3.6, §15.4.5; nor may a 204 say a length (§8.6).
const STATUSES_WITHOUT_CONTENT: readonly number[] = [204, 205, 304]

const EMPTY_BODY_HEADERS = [['Content-Length', '0']] as const

/**
 * Decides what a request for a representation is answered. Conditions and ranges apply to GET and
 * HEAD only, and only where the application has not chosen a status.
 */
export function decide(circumstances: DecisionInput): Decision {
  const { request, representation, status, now } = circumstances
  const conditional = status === 200 && (request.method === 'GET' || request.method === 'HEAD')
  if (!conditional) return wholeRepresentation(circumstances)
  const verdict = evaluatePreconditions(request, representation, now)
  if (verdict === 'failed')
    return { status: 412, headers: EMPTY_BODY_HEADERS, remove: FILE_HEADERS, segments: [] }
  if (verdict === 'not-modified') return notModified(circumstances)
  return requestedRanges(circumstances) ?? wholeRepresentation(circumstances)
}

function notModified(circumstances: DecisionInput): Decision {
  const headers: Header[] = []
  addMetadata(headers, circumstances)
  const noTransform = circumstances.representation.reencoding === 'forbidden'
  return { status: 304, headers, remove: CONTENT_HEADERS, noTransform, segments: [] }
}

function wholeRepresentation(circumstances: DecisionInput): Decision {
  const { request, representation, policy, status } = circumstances
  const { size, offset, readTo, type } = representation
  const headers: Header[] = []
  addUnlessSet(headers, circumstances, 'Content-Type', type)
  addMetadata(headers, circumstances)
  if (policy.acceptRanges && size !== undefined && status === 200) {
    addUnlessSet(headers, circumstances, 'Accept-Ranges', 'bytes')
  }
  if (STATUSES_WITHOUT_CONTENT.includes(status))
    return { status, headers, remove: FRAMING_HEADERS, segments: [] }
  if (size !== undefined && sendsLength(circumstances)) {
    headers.push(['Content-Length', String(size)])
  }
  const noTransform = representation.reencoding === 'forbidden'
  const end = size === undefined ? readTo : offset + size - 1
  const segments = request.method === 'HEAD' || size === 0 ? [] : [{ start: offset, end }]
  return { status, headers, remove: FRAMING_HEADERS, noTransform, segments }
}

function sendsLength({ request, representation, policy }: DecisionInput): boolean {
  // RFC 9110 §8.6: on HEAD the length counts the content that GET would send, however it is framed.
  if (request.method === 'HEAD') return true
  // Without a length an HTTP/1.0 body ends with its connection (RFC 9112 §6.3), and a proxy takes
  // what a killed process has sent for the whole and caches it. nginx asks its upstreams in 1.0.
  if (request.httpVersion === '1.0') return true
  return hasContentLength(policy.contentLength, representation, policy.chunkSize)
}

/** Whether an answer has a body, though it may be empty (RFC 9110 §6.4.1). */
export function mayHaveBody(method: string | undefined, status: number): boolean {
  return method !== 'HEAD' && !STATUSES_WITHOUT_CONTENT.includes(status)
}

/** RFC 9110 §14.2: only GET knows ranges. */
function requestedRanges(circumstances: DecisionInput): Decision | undefined {
  const { request, representation, policy, now } = circumstances
  const { size } = representation
  if (request.method !== 'GET' || !policy.acceptRanges || size === undefined) return undefined
  if (request.range === undefined || !ifRangeMatches(request.ifRange, representation, now)) {
    return undefined
  }
  const ranges = parseRange(request.range, size)
  if (ranges === 'ignored') return undefined
  if (ranges === 'unsatisfiable') return unsatisfiable(size)
  const [first, second] = ranges
  if (first === undefined) return undefined
  return second === undefined
    ? singleRange(circumstances, first, size)
    : multipleRanges(circumstances, ranges, size)
}

function unsatisfiable(size: number): Decision {
  const headers = [['Content-Range', `bytes */${size}`], ...EMPTY_BODY_HEADERS] as const
  return { status: 416, headers, remove: FILE_HEADERS, segments: [] }
}

function singleRange(circumstances: DecisionInput, range: ByteRange, size: number): Decision {
  const { offset, type } = circumstances.representation
  const headers: Header[] = []
  addUnlessSet(headers, circumstances, 'Content-Type', type)
  addMetadata(headers, circumstances)
  addUnlessSet(headers, circumstances, 'Accept-Ranges', 'bytes')
  headers.push(
    ['Content-Range', contentRange(range, size)],
    ['Content-Length', String(range.end - range.start + 1)],
  )
  const segments = [shift(range, offset)]
  return { status: 206, headers, remove: FRAMING_HEADERS, noTransform: true, segments }
}

function multipleRanges(
  circumstances: DecisionInput,
  ranges: readonly ByteRange[],
  size: number,
): Decision {
  const { offset, type } = circumstances.representation
  const boundary = circumstances.boundary()
  const body = multipartByteRanges(ranges, boundary, type, size)
  const headers: Header[] = []
  addMetadata(headers, circumstances)
  addUnlessSet(headers, circumstances, 'Accept-Ranges', 'bytes')
  headers.push(
    ['Content-Type', `multipart/byteranges; boundary=${boundary}`],
    ['Content-Length', String(body.length)],
  )
  const segments = body.segments.map((segment) =>
    segment instanceof Uint8Array ? segment : shift(segment, offset),
  )
  return { status: 206, headers, remove: FRAMING_HEADERS, noTransform: true, segments }
}

function shift(range: ByteRange, offset: number): ByteRange {
  return { start: range.start + offset, end: range.end + offset }
}

type Header = readonly [name: string, value: string]

/** The fields that a 200, a 206 and a 304 have alike. */
function addMetadata(headers: Header[], circumstances: DecisionInput): void {
  const { representation, policy } = circumstances
  const { etag, lastModified, reencoding } = representation
  addUnlessSet(headers, circumstances, 'Cache-Control', policy.cacheControl)
  if (lastModified !== undefined) {
    addUnlessSet(headers, circumstances, 'Last-Modified', formatHttpDate(lastModified))
  }
  if (reencoding === 'possible' && etag !== undefined) headers.push(['ETag', etag])
  else addUnlessSet(headers, circumstances, 'ETag', etag)
}

function addUnlessSet(
  headers: Header[],
  { isSet }: DecisionInput,
  name: string,
  value: string | undefined,
): void {
  if (value !== undefined && !isSet(name)) headers.push([name, value])
}
