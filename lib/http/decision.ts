import type { ByteRange, Segment } from './byte-ranges.js'
import { parseRange } from './byte-ranges.js'
import { type ContentLengthPolicy, hasContentLength } from './content-length.js'
import { formatHttpDate } from './http-date.js'
import { contentRange, multipartByteRanges } from './multipart.js'
import { evaluatePreconditions, ifRangeMatches } from './preconditions.js'
import type { Representation, RequestFields } from './representation.js'

/** The response to a request, as a plain value that is computed without I/O. */
export interface Decision {
  readonly status: number
  /** The headers to set, in order. Contains a header that the application has set only if it must change. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The headers to remove if the application has set them, because the body they describe is not sent. */
  readonly remove: readonly string[]
  /** Whether middleware must be prevented from changing the content coding of the body. */
  readonly noTransform?: boolean
  /** The parts of the body; empty if the response has none. */
  readonly segments: readonly Segment[]
}

/** The options that affect the response. */
export interface ResponsePolicy {
  readonly acceptRanges: boolean
  /** The value of `Cache-Control`, if the header is enabled. */
  readonly cacheControl: string | undefined
  /** Whether a complete body of known size has a `Content-Length`. If not, it is chunked. */
  readonly contentLength: ContentLengthPolicy
  /** The size of one chunk on the wire, in bytes. */
  readonly chunkSize: number
  /** Whether a browser must use the media type as it is, and not guess another from the content. */
  readonly nosniff?: boolean
}

/** Everything that a decision depends on. */
export interface DecisionInput {
  readonly request: RequestFields
  readonly representation: Representation
  readonly policy: ResponsePolicy
  /** The status code that the response has now. */
  readonly status: number
  /** Whether the application has set a header. */
  readonly isSet: (name: string) => boolean
  /** In milliseconds since the epoch. */
  readonly now: number
  /** Generates the delimiter of a multipart body. */
  readonly boundary: () => string
}

const FRAMING_HEADERS = ['Content-Length', 'Transfer-Encoding']
// Only a chunked body has trailers (RFC 9112 §7.1.2), and Node throws if others are announced.
const UNCHUNKED_HEADERS = [...FRAMING_HEADERS, 'Trailer']
// RFC 9110 §15.4.5: a 304 carries the headers that a cache needs, and none that describe content.
const CONTENT_HEADERS = [
  'Content-Encoding',
  'Content-Language',
  'Content-Range',
  'Content-Type',
  ...UNCHUNKED_HEADERS,
]
// Headers that describe the file must not be on a 412 or 416, which does not contain the file.
const FILE_HEADERS = [
  'Cache-Control',
  'Content-Disposition',
  'ETag',
  'Last-Modified',
  ...CONTENT_HEADERS,
]

// RFC 9110 §15.3.5, §15.3.6, §15.4.5. A 204 must not have a Content-Length either (§8.6).
const STATUSES_WITHOUT_CONTENT: readonly number[] = [204, 205, 304]

const EMPTY_BODY_HEADERS = [['Content-Length', '0']] as const

/**
 * Decides the response to a request for a representation. Preconditions and ranges apply to GET and HEAD
 * only, and only if the application has not set another status than 200.
 */
export function decide(input: DecisionInput): Decision {
  const { request, representation, status, now } = input
  const preconditionsApply =
    status === 200 && (request.method === 'GET' || request.method === 'HEAD')
  if (!preconditionsApply) return wholeRepresentation(input)
  const verdict = evaluatePreconditions(request, representation, now)
  if (verdict === 'failed') return emptyResponse(412, input)
  if (verdict === 'not-modified') return notModified(input)
  return requestedRanges(input) ?? wholeRepresentation(input)
}

/**
 * The response that makes the server in front send the file. That server evaluates preconditions and ranges,
 * and sends the length of the file. nginx repeats an `Accept-Ranges` that it is sent.
 *
 * @param header tells which file to send
 */
export function offloadedResponse(input: DecisionInput, header: Header): Decision {
  const headers: Header[] = [header]
  addUnlessSet(headers, input, 'Content-Type', input.representation.type)
  addMetadata(headers, input)
  // nginx keeps its connection to the application only after a response that says that it has no body.
  headers.push(...EMPTY_BODY_HEADERS)
  const remove = ['Accept-Ranges', ...UNCHUNKED_HEADERS]
  // What middleware makes of no body must not be the coding of the file.
  return { status: input.status, headers, remove, noTransform: true, segments: [] }
}

function notModified(input: DecisionInput): Decision {
  const headers: Header[] = []
  addMetadata(headers, input)
  const noTransform = input.representation.reencoding === 'forbidden'
  return { status: 304, headers, remove: CONTENT_HEADERS, noTransform, segments: [] }
}

function wholeRepresentation(input: DecisionInput): Decision {
  const { request, representation, policy, status } = input
  const { size, offset, readTo } = representation
  const headers: Header[] = []
  const isWithoutContent = STATUSES_WITHOUT_CONTENT.includes(status)
  if (!isWithoutContent) addTypeAndCoding(headers, input)
  addMetadata(headers, input)
  if (isWithoutContent) return { status, headers, remove: UNCHUNKED_HEADERS, segments: [] }
  if (policy.acceptRanges && size !== undefined && status === 200) {
    addUnlessSet(headers, input, 'Accept-Ranges', 'bytes')
  }
  const unchunked = isUnchunked(input)
  if (size !== undefined && unchunked) headers.push(['Content-Length', String(size)])
  const remove = unchunked ? UNCHUNKED_HEADERS : FRAMING_HEADERS
  const noTransform = representation.reencoding === 'forbidden'
  const end = size === undefined ? readTo : offset + size - 1
  const segments = request.method === 'HEAD' || size === 0 ? [] : [{ start: offset, end }]
  return { status, headers, remove, noTransform, segments }
}

/** Whether the body, or the one that GET would send, has its length if it is known, and is not chunked. */
function isUnchunked({ request, representation, policy }: DecisionInput): boolean {
  // RFC 9110 §8.6: on HEAD the length counts the content that GET would send, however it is framed.
  if (request.method === 'HEAD') return true
  // Without a length, the end of the connection ends an HTTP/1.0 body (RFC 9112 §6.3). If the process is
  // killed, a proxy then caches the truncated body as complete. nginx sends HTTP/1.0 to its upstreams.
  if (request.httpVersion === '1.0') return true
  const isKnown = representation.size !== undefined
  return isKnown && hasContentLength(policy.contentLength, representation, policy.chunkSize)
}

/** Whether a response may have a body, even an empty one (RFC 9110 §6.4.1). */
export function mayHaveBody(method: string | undefined, status: number): boolean {
  return method !== 'HEAD' && !STATUSES_WITHOUT_CONTENT.includes(status)
}

/** RFC 9110 §14.2: a range applies to GET only. */
function requestedRanges(input: DecisionInput): Decision | undefined {
  const { request, representation, policy, now } = input
  const { size } = representation
  if (request.method !== 'GET' || !policy.acceptRanges || size === undefined) return undefined
  if (request.range === undefined || !ifRangeMatches(request.ifRange, representation, now)) {
    return undefined
  }
  const ranges = parseRange(request.range, size)
  if (ranges === 'ignored') return undefined
  if (ranges === 'unsatisfiable') {
    return emptyResponse(416, input, [['Content-Range', `bytes */${size}`]])
  }
  const [first, second] = ranges
  if (first === undefined) return undefined
  if (second === undefined) return singleRange(input, first, size)
  // A client would decode a multipart body with a Content-Encoding as a whole, and the server may ignore Range.
  const hasCoding = isEncoded(representation) || input.isSet('Content-Encoding')
  return hasCoding ? undefined : multipleRanges(input, ranges, size)
}

/** An error that the file does not satisfy what the request asks of it. */
function emptyResponse(status: 412 | 416, input: DecisionInput, extra: Header[] = []): Decision {
  const headers = [...extra, ...EMPTY_BODY_HEADERS]
  addVary(headers, input)
  return { status, headers, remove: FILE_HEADERS, segments: [] }
}

function singleRange(input: DecisionInput, range: ByteRange, size: number): Decision {
  const { offset } = input.representation
  const headers: Header[] = []
  addTypeAndCoding(headers, input)
  addMetadata(headers, input)
  addUnlessSet(headers, input, 'Accept-Ranges', 'bytes')
  headers.push(
    ['Content-Range', contentRange(range, size)],
    ['Content-Length', String(range.end - range.start + 1)],
  )
  const segments = [addOffset(range, offset)]
  return { status: 206, headers, remove: UNCHUNKED_HEADERS, noTransform: true, segments }
}

function multipleRanges(
  input: DecisionInput,
  ranges: readonly ByteRange[],
  size: number,
): Decision {
  const { offset, type } = input.representation
  const boundary = input.boundary()
  const body = multipartByteRanges(ranges, boundary, type, size)
  const headers: Header[] = []
  addMetadata(headers, input)
  addUnlessSet(headers, input, 'Accept-Ranges', 'bytes')
  headers.push(
    ['Content-Type', `multipart/byteranges; boundary=${boundary}`],
    ['Content-Length', String(body.length)],
  )
  const segments = body.segments.map((segment) =>
    segment instanceof Uint8Array ? segment : addOffset(segment, offset),
  )
  return { status: 206, headers, remove: UNCHUNKED_HEADERS, noTransform: true, segments }
}

function addOffset(range: ByteRange, offset: number): ByteRange {
  return { start: range.start + offset, end: range.end + offset }
}

type Header = readonly [name: string, value: string]

function addTypeAndCoding(headers: Header[], input: DecisionInput): void {
  const { negotiated, type } = input.representation
  addUnlessSet(headers, input, 'Content-Type', type)
  if (negotiated?.coding !== undefined) headers.push(['Content-Encoding', negotiated.coding])
}

/** Adds the headers that a 200, a 206 and a 304 have in common. */
function addMetadata(headers: Header[], input: DecisionInput): void {
  const { representation, policy } = input
  const { etag, lastModified, reencoding } = representation
  addUnlessSet(headers, input, 'Cache-Control', policy.cacheControl)
  if (policy.nosniff) addUnlessSet(headers, input, 'X-Content-Type-Options', 'nosniff')
  if (lastModified !== undefined) {
    addUnlessSet(headers, input, 'Last-Modified', formatHttpDate(lastModified))
  }
  // The entity tag that the application has set was adapted to the content coding.
  const isAdapted = reencoding === 'possible' || isEncoded(representation)
  if (isAdapted && etag !== undefined) headers.push(['ETag', etag])
  else addUnlessSet(headers, input, 'ETag', etag)
  addVary(headers, input)
}

function addVary(headers: Header[], { representation }: DecisionInput): void {
  if (representation.negotiated !== undefined) {
    headers.push(['Vary', representation.negotiated.vary])
  }
}

function isEncoded({ negotiated }: Representation): boolean {
  return negotiated?.coding !== undefined
}

function addUnlessSet(
  headers: Header[],
  { isSet }: DecisionInput,
  name: string,
  value: string | undefined,
): void {
  if (value !== undefined && !isSet(name)) headers.push([name, value])
}
