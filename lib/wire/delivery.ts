import { type Decision, mayHaveBody } from '../http/decision.js'
import type { ChunkReader } from '../source/source.js'
import { sendHead } from './head.js'
import { type DigestAlgorithm, Digested } from './readers/digested.js'
import { Flushed, isFlushable } from './readers/flushed.js'
import { Pieces } from './readers/pieces.js'
import { type OnProgress, ProgressReport, Watched } from './readers/progress.js'
import { Throttled } from './readers/throttled.js'
import { carriesTrailers, isHttp2, type Response } from './response.js'
import { type TransferEnd, transfer } from './transfer.js'

/** How a body goes out, whatever it is. */
export interface Delivery {
  readonly digest?: DigestAlgorithm | undefined
  /** In bytes per second. */
  readonly maxRate?: number | undefined
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
  /** In milliseconds. */
  readonly stallTimeout?: number | undefined
}

/** What goes out. */
export interface Consignment {
  readonly decision: Decision
  readonly reader: ChunkReader
  readonly method: string | undefined
  /** The bytes of one chunk on the wire; without it every block is one. */
  readonly chunkSize?: number | undefined
  /** Whether every block is to arrive as soon as it is there. */
  readonly prompt: boolean
}

// Under HTTP/2 Node does not tell how much of one write was taken, only when it was as a whole.
const HTTP2_PIECE = 16 * 1024

/** RFC 9530 §3. */
export const DIGEST_FIELD = 'Repr-Digest'

/** Sends what was decided, with everything that is wanted between the reader and the wire. */
export async function deliverWith(
  res: Response,
  consignment: Consignment,
  delivery: Delivery,
): Promise<TransferEnd> {
  const { decision, chunkSize } = consignment
  const { onProgress, signal, stallTimeout } = delivery
  const digest = hasDigestTrailer(res, consignment) ? delivery.digest : undefined
  const report = onProgress && new ProgressReport(onProgress, lengthOf(decision))
  const end = await transfer(res, {
    reader: equip(res, consignment, { ...delivery, digest }, report),
    chunkSize,
    commit: () => {
      if (digest !== undefined) declareTrailer(res)
      // A representation includes its content coding: a digest of bytes that are coded on their way
      // would be wrong.
      sendHead(res, decision, delivery.digest !== undefined)
    },
    signal,
    stallTimeout,
  })
  report?.ended(end.bytesSent)
  return end
}

function equip(
  res: Response,
  { reader, prompt }: Consignment,
  { digest, maxRate, stallTimeout }: Delivery,
  report: ProgressReport | undefined,
): ChunkReader {
  let equipped = reader
  if (digest !== undefined) {
    equipped = new Digested(equipped, digest, (field) => res.addTrailers({ [DIGEST_FIELD]: field }))
  }
  if (maxRate !== undefined) equipped = new Throttled(equipped, maxRate)
  if (stallTimeout !== undefined && isHttp2(res)) equipped = new Pieces(equipped, HTTP2_PIECE)
  if (report !== undefined) equipped = new Watched(equipped, report)
  if (prompt && isFlushable(res)) equipped = new Flushed(equipped, res)
  return equipped
}

/**
 * Whether the digest can follow the body. A 206 is a part, and the digest is of the whole (RFC 9530
 * §3); and only a body without a length has trailers in HTTP/1.
 */
function hasDigestTrailer(res: Response, { decision, method }: Consignment): boolean {
  const { status, headers } = decision
  if (status === 206 || !mayHaveBody(method, status) || res.hasHeader(DIGEST_FIELD)) return false
  return carriesTrailers(res) && !headers.some(([name]) => name === 'Content-Length')
}

function declareTrailer(res: Response): void {
  const declared = res.getHeader('Trailer')
  res.setHeader('Trailer', declared === undefined ? DIGEST_FIELD : `${declared}, ${DIGEST_FIELD}`)
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
