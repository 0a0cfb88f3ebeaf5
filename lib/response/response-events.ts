import { type Channel, channel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Outcome, outcomeOf } from './outcome.js'
import type { ResponseLike } from './response-like.js'
import { failedBeforeHeaders, type TransferResult } from './transfer.js'

/** Is told how a response ended. */
export type OnOutcome = {
  call(outcome: Outcome, req: IncomingMessage, res: ServerResponse): unknown
}['call']

const started = channel('express-stream-files:start')
const finished = channel('express-stream-files:finish')
const aborted = channel('express-stream-files:abort')
const failed = channel('express-stream-files:error')

/** Tells the application of one response: that it starts, and once how it ended. */
export class ResponseEvents {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #onOutcome: OnOutcome | undefined
  readonly #startedAt = performance.now()
  #started = false
  #ended = false

  constructor(req: object, res: ResponseLike, onOutcome: OnOutcome | undefined) {
    this.#req = req as IncomingMessage
    this.#res = res as ServerResponse
    this.#onOutcome = onOutcome
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    if (started.hasSubscribers) started.publish({ req: this.#req, res: this.#res })
  }

  /** Tells how it ended, unless that was told already. */
  end(end: TransferResult): void {
    if (!this.#ended) this.tell(outcomeOf(this.#res, end, this.#startedAt))
  }

  /** Tells of a failure before the first byte. */
  fail(error: Error): void {
    this.end(failedBeforeHeaders(error))
  }

  tell(outcome: Outcome): void {
    this.start()
    this.#ended = true
    const message = { req: this.#req, res: this.#res, outcome }
    const ending = channelOf(outcome)
    if (ending.hasSubscribers) ending.publish(message)
    if (this.#onOutcome !== undefined) callSafely(this.#onOutcome, message)
  }
}

/** The events of a response; `undefined` where nobody listens, so that nothing is spent on them. */
export function responseEvents(
  req: object,
  res: ResponseLike,
  onOutcome: OnOutcome | undefined,
): ResponseEvents | undefined {
  const observed =
    onOutcome !== undefined ||
    started.hasSubscribers ||
    finished.hasSubscribers ||
    aborted.hasSubscribers ||
    failed.hasSubscribers
  return observed ? new ResponseEvents(req, res, onOutcome) : undefined
}

function channelOf(outcome: Outcome): Channel {
  if (outcome.aborted) return aborted
  return outcome.error === undefined ? finished : failed
}

interface Message {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly outcome: Outcome
}

const warnedOf = new WeakSet<OnOutcome>()

/** A log that fails must not cost the response, but it must be seen: once, and not per request. */
function callSafely(onOutcome: OnOutcome, { outcome, req, res }: Message): void {
  const warn = (error: unknown) => {
    if (!warnedOf.has(onOutcome)) process.emitWarning(`onOutcome failed: ${String(error)}`)
    warnedOf.add(onOutcome)
  }
  try {
    Promise.resolve(onOutcome(outcome, req, res)).catch(warn)
  } catch (error) {
    warn(error)
  }
}
