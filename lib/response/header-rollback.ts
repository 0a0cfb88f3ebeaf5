import { toHttpError } from '../errors.js'
import { type Decision, mayHaveBody } from '../http/decision.js'
import type { ByteWindow, GetResponseHeader } from '../http/describe.js'
import { describeReencodable } from '../http/reencoding.js'
import type { Representation } from '../http/representation.js'
import { snapshotHeaders } from './header-snapshot.js'
import { hasNativeWrite } from './native-write.js'
import { sendHeaders } from './response-headers.js'
import type { ResponseLike } from './response-like.js'
import { type PreparedBody, sendDecoratedBody, type TransferOptions } from './send-body.js'
import { failedBeforeHeaders, type TransferResult, transfer } from './transfer.js'

/** What one answer adds to the settings. */
export interface ResponseDetails {
  readonly headers?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly status?: number | undefined
  readonly window?: ByteWindow | undefined
  readonly delivery?: TransferOptions | undefined
  /** Whether nobody asks how it ended, unless it failed before it was begun. */
  readonly fireAndForget?: boolean
}

/**
 * Runs an attempt to answer. If nothing was sent, the status and the headers of the response become
 * those it had before, so that another answer can be given.
 *
 * @param release lets go of the body where the attempt fails before anybody reads it
 */
export async function withHeaderRollback(
  res: ResponseLike,
  attempt: () => Promise<TransferResult> | TransferResult,
  release: () => unknown,
): Promise<TransferResult> {
  const restoreHeaders = snapshotHeaders(res)
  let end: TransferResult
  try {
    end = await attempt()
  } catch (error) {
    await release()
    end = failedBeforeHeaders(toHttpError(error))
  }
  if (!end.headersSent && !res.headersSent) restoreHeaders()
  return end
}

/**
 * Describes a representation as this response may carry it: a middleware that replaced `write` may
 * send it in another content coding, except where a digest forbids that.
 */
export function allowForReencoding(
  res: ResponseLike,
  representation: Representation,
  acceptRanges: boolean,
  delivery: TransferOptions | undefined,
): Representation {
  if (hasNativeWrite(res) || delivery?.digest !== undefined) return representation
  return describeReencodable(representation, responseHeaderGetter(res), acceptRanges)
}

/** Whether the body is read. One that must have no bytes at all is read too, to know that. */
export function needsBodyReader(
  { segments, status }: Decision,
  requested: { readonly method: string | undefined; readonly status: number },
  exactLength: number | undefined,
): boolean {
  if (segments.length > 0 || exactLength !== 0) return segments.length > 0
  return status === requested.status && mayHaveBody(requested.method, status)
}

const PLAIN: TransferOptions = {}

/** Sends what was decided. A plain body has nothing between its reader and the wire. */
export function sendBody(
  res: ResponseLike,
  consignment: PreparedBody,
  delivery: TransferOptions | undefined,
): Promise<TransferResult> {
  const { decision, reader, chunkSize, flushEachItem } = consignment
  if (delivery !== undefined || flushEachItem) {
    return sendDecoratedBody(res, consignment, delivery ?? PLAIN)
  }
  return transfer(res, { reader, chunkSize, sendHeaders: () => sendHeaders(res, decision) })
}

/** Sets the fields that the application's options ask for. */
export function applyHeaders(res: ResponseLike, fields: ResponseDetails['headers']): void {
  for (const [name, value] of fields ?? []) res.setHeader(name, value)
}

/** The fields that the application has set on a response. */
export function responseHeaderGetter(res: ResponseLike): GetResponseHeader {
  return (name) => {
    const field = res.getHeader(name)
    return field === undefined ? undefined : String(field)
  }
}
