import { type DigestAlgorithm, DigestReader } from '../body/decorators/digest-reader.js'
import {
  type OnProgress,
  ProgressReader,
  ProgressReporter,
} from '../body/decorators/progress-reader.js'
import { SlicingReader } from '../body/decorators/slicing-reader.js'
import { ThrottledReader } from '../body/decorators/throttled-reader.js'
import { segmentsLength } from '../http/byte-ranges.js'
import { type Decision, mayHaveBody } from '../http/decision.js'
import type { ChunkReader } from '../source/source.js'
import { FlushingReader, isFlushable } from './flushing-reader.js'
import { sendHeaders } from './response-headers.js'
import { isHttp2, type ResponseLike, supportsTrailers } from './response-like.js'
import { type TransferResult, transfer } from './transfer.js'

/** What the options say about the transfer of a body of any kind. */
export interface TransferOptions {
  readonly digest?: DigestAlgorithm | undefined
  /** In bytes per second. */
  readonly maxRate?: number | undefined
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly stallTimeout?: number | undefined
}

/** A response that is decided, with the reader of its body. */
export interface PreparedBody {
  readonly decision: Decision
  readonly reader: ChunkReader
  readonly method: string | undefined
  /** The bytes of one chunk on the wire. If it is omitted, every buffer is one chunk. */
  readonly chunkSize?: number | undefined
  /** Whether every buffer must reach the client as soon as it is read. */
  readonly flushEachItem: boolean
}

// What was written of an HTTP/2 stream and is not sent when the stream is reset counts against the memory of its
// session for good (`maxSessionMemory`, 10 MB): after ten resets with 1 MiB each the session refuses all requests.
const HTTP2_WRITE_BYTES = 64 * 1024
// Node reports when a whole write was accepted, and not how much of it was, which tells a slow client from one
// that stalls.
const HTTP2_TIMED_WRITE_BYTES = 16 * 1024

const NO_OPTIONS: TransferOptions = {}

/** RFC 9530 §3. */
export const REPR_DIGEST = 'Repr-Digest'

/** Whether the body is read. A body that must be empty is read too, to verify that it is. */
export function needsBodyReader(
  { segments, status }: Decision,
  requested: { readonly method: string | undefined; readonly status: number },
  exactLength: number | undefined,
): boolean {
  if (segments.length > 0 || exactLength !== 0) return segments.length > 0
  return status === requested.status && mayHaveBody(requested.method, status)
}

/** Sends a decided response. A body without options is transferred without decorators. */
export function sendBody(
  res: ResponseLike,
  body: PreparedBody,
  options: TransferOptions | undefined,
): Promise<TransferResult> {
  const { decision, reader, chunkSize, flushEachItem } = body
  if (options !== undefined || flushEachItem || isHttp2(res)) {
    return sendDecoratedBody(res, body, options ?? NO_OPTIONS)
  }
  return transfer(res, { reader, chunkSize, sendHeaders: () => sendHeaders(res, decision) })
}

/** Sends a decided response, with the decorators that the options ask for. */
function sendDecoratedBody(
  res: ResponseLike,
  body: PreparedBody,
  options: TransferOptions,
): Promise<TransferResult> {
  const { decision, chunkSize } = body
  const { onProgress, signal, stallTimeout } = options
  const digest = hasDigestTrailer(res, body) ? options.digest : undefined
  const progress = onProgress && new ProgressReporter(onProgress, lengthOf(decision))
  const ended = transfer(res, {
    reader: decorate(res, body, { ...options, digest }, progress),
    chunkSize,
    sendHeaders: () => {
      if (digest !== undefined) declareTrailer(res)
      // The digest covers the content coding (RFC 9530 §3), so a middleware must not add one.
      sendHeaders(res, decision, options.digest !== undefined)
    },
    signal,
    stallTimeout,
  })
  if (progress === undefined) return ended
  return ended.then((end) => {
    progress.ended(end.bytesSent)
    return end
  })
}

function decorate(
  res: ResponseLike,
  { reader, flushEachItem }: PreparedBody,
  { digest, maxRate, stallTimeout }: TransferOptions,
  progress: ProgressReporter | undefined,
): ChunkReader {
  let decorated = reader
  if (digest !== undefined) {
    decorated = new DigestReader(decorated, digest, (value) =>
      res.addTrailers({ [REPR_DIGEST]: value }),
    )
  }
  if (maxRate !== undefined) decorated = new ThrottledReader(decorated, maxRate)
  if (isHttp2(res)) {
    const size = stallTimeout === undefined ? HTTP2_WRITE_BYTES : HTTP2_TIMED_WRITE_BYTES
    decorated = new SlicingReader(decorated, size)
  }
  if (progress !== undefined) decorated = new ProgressReader(decorated, progress)
  if (flushEachItem && isFlushable(res)) decorated = new FlushingReader(decorated, res)
  return decorated
}

/**
 * Whether the digest can be sent as a trailer. The digest is of the whole representation (RFC 9530 §3),
 * and a 206 is a part. In HTTP/1.1 only a chunked body has trailers (RFC 9112 §7.1.2).
 */
function hasDigestTrailer(res: ResponseLike, { decision, method }: PreparedBody): boolean {
  const { status, headers } = decision
  if (status === 206 || !mayHaveBody(method, status) || res.hasHeader(REPR_DIGEST)) return false
  return supportsTrailers(res) && !headers.some(([name]) => name === 'Content-Length')
}

function declareTrailer(res: ResponseLike): void {
  const declared = res.getHeader('Trailer')
  res.setHeader('Trailer', declared === undefined ? REPR_DIGEST : `${declared}, ${REPR_DIGEST}`)
}

/** The length of the body in bytes, if it is known. */
function lengthOf({ segments }: Decision): number | undefined {
  const length = segmentsLength(segments)
  return Number.isFinite(length) ? length : undefined
}
