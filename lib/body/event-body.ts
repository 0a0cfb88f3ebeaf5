import type { IncomingMessage } from 'node:http'
import { lastEventId } from '../http/last-event-id.js'
import type { RequestHeaders } from '../http/request-fields.js'
import type { BodyContext } from './body-function.js'
import type { StreamableBody } from './classify-body.js'
import { EndingReader } from './decorators/ending-reader.js'
import { GatheringReader } from './decorators/gathering-reader.js'
import { type HeartbeatOptions, HeartbeatReader } from './decorators/heartbeat-reader.js'
import { encodeEvent, type ServerSentEvent } from './event-encoder.js'
import type { ItemEncoder } from './item-encoder.js'
import { type ValueSource, valueBody } from './value-body.js'

/** What a function that makes events is told. */
export interface EventsContext extends BodyContext {
  /** The `Last-Event-ID` of a client that reconnects. */
  readonly lastEventId: string | undefined
}

/** Server-sent events: a string is the `data` of one. */
export type EventValues = ValueSource<string | ServerSentEvent>

/** Makes the events of one response, and is called once, only if they are to be sent. */
export type EventsFunction = {
  // A method, so that a function that takes an Express request is accepted too.
  call(context: EventsContext): EventValues | PromiseLike<EventValues>
}['call']

/** How a stream of events behaves, apart from its events. */
export interface EventStreamSettings {
  /** In milliseconds; `false` for none. */
  readonly heartbeat: number | false
  /** In milliseconds. */
  readonly retry: number | undefined
  /** Completes the stream normally after the last event. */
  readonly signal: AbortSignal | undefined
}

// The shortest comment, and the empty line after it: some clients dispatch nothing before one.
const COMMENT = Buffer.from(':\n\n')
const NO_BYTES = Buffer.alloc(0)

const EVENT_ENCODER: ItemEncoder = {
  encode: (item) => Buffer.from(encodeEvent(item)),
  end: () => NO_BYTES,
}

/** @throws TypeError where the events cannot be iterated */
export function eventBody(
  events: unknown,
  req: RequestHeaders & object,
  settings: EventStreamSettings,
): StreamableBody {
  const request: object = req
  const body = valueBody(events, {
    argument: 'streamEvents: events',
    context: { lastEventId: lastEventId(req), req: request as IncomingMessage },
    encoder: EVENT_ENCODER,
  })
  const { signal } = settings
  const heartbeats = heartbeatOptions(settings)
  return {
    ...body,
    open: () => {
      const values = body.open()
      const ending = signal === undefined ? values : new EndingReader(values, signal)
      return new HeartbeatReader(new GatheringReader(ending), heartbeats)
    },
  }
}

function heartbeatOptions({ heartbeat, retry }: EventStreamSettings): HeartbeatOptions {
  const preamble = retry === undefined ? NO_BYTES : Buffer.from(encodeEvent({ retry }))
  return {
    opening: retry === undefined ? COMMENT : preamble,
    preamble,
    heartbeat: COMMENT,
    interval: heartbeat === false ? undefined : heartbeat,
  }
}
