import type { RequestHeaders } from './request-fields.js'

/**
 * The id of the last event that a client received before it reconnected; `undefined` for a client that
 * connects for the first time. HTML §9.2.4 has it encoded as UTF-8, and Node decodes header fields as
 * Latin-1.
 */
export function lastEventId({ headers }: RequestHeaders): string | undefined {
  const field = headers['last-event-id']
  return typeof field === 'string' ? Buffer.from(field, 'latin1').toString() : undefined
}
