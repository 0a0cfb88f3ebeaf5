import { toHttpError } from './errors.js'
import { type Decision, mayHaveBody } from './http/decision.js'
import type { SetField, Window } from './http/describe.js'
import { describeReencodable } from './http/reencoding.js'
import type { Representation } from './http/representation.js'
import { type Consignment, type Delivery, deliverWith } from './wire/delivery.js'
import { sendHead } from './wire/head.js'
import { snapshotHeaders } from './wire/header-snapshot.js'
import { hasNativeWrite } from './wire/native-write.js'
import type { Response } from './wire/response.js'
import { failedEarly, type TransferEnd, transfer } from './wire/transfer.js'

/** What one answer adds to the settings. */
export interface AnswerDetails {
  readonly headers?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly status?: number | undefined
  readonly window?: Window | undefined
  readonly delivery?: Delivery | undefined
  /** Whether nobody asks how it ended, unless it failed before it was begun. */
  readonly unattended?: boolean
}

/**
 * Runs an attempt to answer. If nothing was sent, the status and the headers of the response become
 * those it had before, so that another answer can be given.
 *
 * @param release lets go of the body where the attempt fails before anybody reads it
 */
export async function answering(
  res: Response,
  attempt: () => Promise<TransferEnd> | TransferEnd,
  release: () => unknown,
): Promise<TransferEnd> {
  const restoreHeaders = snapshotHeaders(res)
  let end: TransferEnd
  try {
    end = await attempt()
  } catch (error) {
    await release()
    end = failedEarly(toHttpError(error))
  }
  if (!end.committed && !res.headersSent) restoreHeaders()
  return end
}

/**
 * Describes a representation as this response may carry it: a middleware that replaced `write` may
 * send it in another content coding, except where a digest forbids that.
 */
export function asCarried(
  res: Response,
  representation: Representation,
  acceptRanges: boolean,
  delivery: Delivery | undefined,
): Representation {
  if (hasNativeWrite(res) || delivery?.digest !== undefined) return representation
  return describeReencodable(representation, setFieldsOf(res), acceptRanges)
}

/** Whether the body is read. One that must have no bytes at all is read too, to know that. */
export function readsBody(
  { segments, status }: Decision,
  requested: { readonly method: string | undefined; readonly status: number },
  exactLength: number | undefined,
): boolean {
  if (segments.length > 0 || exactLength !== 0) return segments.length > 0
  return status === requested.status && mayHaveBody(requested.method, status)
}

const PLAIN: Delivery = {}

/** Sends what was decided. A plain body has nothing between its reader and the wire. */
export function deliver(
  res: Response,
  consignment: Consignment,
  delivery: Delivery | undefined,
): Promise<TransferEnd> {
  const { decision, reader, chunkSize, prompt } = consignment
  if (delivery !== undefined || prompt) {
    return deliverWith(res, consignment, delivery ?? PLAIN)
  }
  return transfer(res, { reader, chunkSize, commit: () => sendHead(res, decision) })
}

/** Sets the fields that the application's options ask for. */
export function applyFields(res: Response, fields: AnswerDetails['headers']): void {
  for (const [name, value] of fields ?? []) res.setHeader(name, value)
}

/** The fields that the application has set on a response. */
export function setFieldsOf(res: Response): SetField {
  return (name) => {
    const field = res.getHeader(name)
    return field === undefined ? undefined : String(field)
  }
}
