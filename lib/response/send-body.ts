import { type DigestAlgorithm, DigestReader } from '../body/decorators/digest-reader.js'
import {
  type OnProgress,
  ProgressReader,
  ProgressReporter,
} from '../body/decorators/progress-reader.js'
import { SlicingReader } from '../body/decorators/slicing-reader.js'
import { ThrottledReader } from '../body/decorators/throttled-reader.js'
import { type Decision, mayHaveBody } from '../http/decision.js'
import type { ChunkReader } from '../source/source.js'
import { FlushingReader, isFlushable } from './flushing-reader.js'
import { sendHeaders } from './response-headers.js'
import { isHttp2, type ResponseLike, supportsTrailers } from './response-like.js'
import { type TransferResult, transfer } from './transfer.js'

/** How a body goes out, whatever it is. */
export interface TransferOptions {
  readonly digest?: DigestAlgorithm | undefined
  /** In bytes per second. */
  readonly maxRate?: number | undefined
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly stallTimeout?: number | undefined
}

/** What goes out. */
export interface PreparedBody {
  readonly decision: Decision
  readonly reader: ChunkReader
  readonly method: string | undefined
  /** The bytes of one chunk on the wire; without it every block is one. */
  readonly chunkSize?: number | undefined
  /** Whether every block is to arrive as soon as it is there. */
  readonly flushEachItem: boolean
}

// Under HTTP/2 Node does not tell how much of one write was taken, only when it was as a whole.
const HTTP2_PIECE = 16 * 1024

/** RFC 9530 §3. */
export const REPR_DIGEST = 'Repr-Digest'

/** Sends what was decided, with everything that is wanted between the reader and the wire. */
export async function sendDecoratedBody(
  res: ResponseLike,
  consignment: PreparedBody,
  delivery: TransferOptions,
): Promise<TransferResult> {
  const { decision, chunkSize } = consignment
  const { onProgress, signal, stallTimeout } = delivery
  const digest = hasDigestTrailer(res, consignment) ? delivery.digest : undefined
  const report = onProgress && new ProgressReporter(onProgress, lengthOf(decision))
  const end = await transfer(res, {
    reader: decorate(res, consignment, { ...delivery, digest }, report),
    chunkSize,
    sendHeaders: () => {
      if (digest !== undefined) declareTrailer(res)
      // A representation includes its content coding: a digest of bytes that are coded on their way
      // would be wrong.
      sendHeaders(res, decision, delivery.digest !== undefined)
    },
    signal,
    stallTimeout,
  })
  report?.ended(end.bytesSent)
  return end
}

function decorate(
  res: ResponseLike,
  { reader, flushEachItem }: PreparedBody,
  { digest, maxRate, stallTimeout }: TransferOptions,
  report: ProgressReporter | undefined,
): ChunkReader {
  let equipped = reader
  if (digest !== undefined) {
    equipped = new DigestReader(equipped, digest, (field) =>
      res.addTrailers({ [REPR_DIGEST]: field }),
    )
  }
  if (maxRate !== undefined) equipped = new ThrottledReader(equipped, maxRate)
  if (stallTimeout !== undefined && isHttp2(res))
    equipped = new SlicingReader(equipped, HTTP2_PIECE)
  if (report !== undefined) equipped = new ProgressReader(equipped, report)
  if (flushEachItem && isFlushable(res)) equipped = new FlushingReader(equipped, res)
  return equipped
}

/**
 * Whether the digest can follow the body. A 206 is a part, and the digest is of the whole (RFC 9530
 * §3); and only a body without a length has trailers in HTTP/1.
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

/** The bytes of the body, where they are known. */
function lengthOf({ segments }: Decision): number | undefined {
  const length = segments.reduce(
    (sum, segment) =>
      sum + (segment instanceof Uint8Array ? segment.length : segment.end - segment.start + 1),
    0,
  )
  return Number.isFinite(length) ? length : undefined
}
