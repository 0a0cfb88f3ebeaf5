import { type EventsFunction, type EventValues, eventBody } from './body/event-body.js'
import type { StreamEventsOptions } from './options/option-types.js'
import { assertResponse } from './options/response-argument.js'
import { eventStreamInit } from './options/response-init.js'
import { resolveStreamEventsOptions } from './options/stream-events-options.js'
import { requestOf } from './response/next-function.js'
import type { Outcome } from './response/outcome.js'
import { respondWithValues } from './response/respond-with-values.js'
import type { ResponseLike } from './response/response-like.js'

/**
 * Streams server-sent events (WHATWG HTML §9.2): what `EventSourceResponse` is to FastAPI, and what
 * `EventSource` in a browser reads.
 *
 * @param res the response of Express, `node:http` or `node:http2`
 * @param events an iterable, an async iterable, a `Readable` or a `ReadableStream` of events: a string
 *   is the `data` of one, an object has fields. A function `({ lastEventId, signal, req }) => events`
 *   makes them, and may be async: it is called once, only if events are to be sent, and `signal` fires
 *   when the client disconnects, the response fails, or `options.signal` ends it
 * @param options the heartbeat, a signal that ends the stream, and what every response has
 * @returns a promise of the outcome, which need not be awaited. It rejects only with `errors: 'throw'`
 * @throws TypeError immediately if an argument is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * app.get('/prices', (req, res) =>
 *   streamEvents(res, async function* ({ lastEventId, signal }) {
 *     for await (const { id, price } of pricesAfter(lastEventId, signal)) yield { id, data: price }
 *   }),
 * )
 * ```
 */
export function streamEvents(
  res: ResponseLike,
  events: EventValues | EventsFunction,
  options?: StreamEventsOptions | null,
): Promise<Outcome> {
  assertResponse('streamEvents', res)
  const settings = resolveStreamEventsOptions(options)
  const body = eventBody(events, requestOf(res), settings)
  return respondWithValues(res, body, settings, eventStreamInit(res, settings))
}
