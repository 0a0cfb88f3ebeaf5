import { toHttpError } from './errors.js'
import type { SetField, Window } from './http/describe.js'
import { lazily } from './lazily.js'
import type { Consignment, Delivery } from './wire/delivery.js'
import { sendHead } from './wire/head.js'
import { snapshotHeaders } from './wire/header-snapshot.js'
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

const equipped = lazily(() => require('./wire/delivery.js') as typeof import('./wire/delivery.js'))
const PLAIN: Delivery = {}

/** Sends what was decided. A plain body has nothing between its reader and the wire. */
export function deliver(
  res: Response,
  consignment: Consignment,
  delivery: Delivery | undefined,
): Promise<TransferEnd> {
  const { decision, reader, chunkSize, prompt } = consignment
  if (delivery !== undefined || prompt) {
    return equipped().deliverWith(res, consignment, delivery ?? PLAIN)
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
