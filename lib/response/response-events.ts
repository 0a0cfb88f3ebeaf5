import { type Channel, channel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorText } from '../errors.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { ResponseLike } from './response-like.js'
import { failedBeforeHeaders, type TransferResult } from './transfer.js'

/** Called once with the outcome of a response. */
export type OnOutcome = {
  call(outcome: Outcome, req: IncomingMessage, res: ServerResponse): unknown
}['call']

const started = channel('express-stream-files:start')
const finished = channel('express-stream-files:finish')
const aborted = channel('express-stream-files:abort')
const failed = channel('express-stream-files:error')

/** Reports one response to `onOutcome` and the diagnostics channels: its start, and once its outcome. */
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

  /** Reports the end of the transfer, unless an outcome was reported already. */
  end(end: TransferResult): void {
    if (!this.#ended) this.report(outcomeOf(this.#res, end, this.#startedAt))
  }

  /** Reports a failure before the first byte. */
  fail(error: Error): void {
    this.end(failedBeforeHeaders(error))
  }

  report(outcome: Outcome): void {
    this.start()
    this.#ended = true
    const message = { req: this.#req, res: this.#res, outcome }
    const endChannel = channelOf(outcome)
    if (endChannel.hasSubscribers) endChannel.publish(message)
    if (this.#onOutcome !== undefined) callSafely(this.#onOutcome, message)
  }
}

/** The events of a response, or `undefined` if nothing listens, so that they cost nothing. */
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

const failedCallbacks = new WeakSet<OnOutcome>()

/** A callback that fails must not fail the response. It emits one warning, and not one per request. */
function callSafely(onOutcome: OnOutcome, { outcome, req, res }: Message): void {
  const warn = (error: unknown) => {
    if (!failedCallbacks.has(onOutcome))
      process.emitWarning(`onOutcome failed: ${errorText(error)}`)
    failedCallbacks.add(onOutcome)
  }
  try {
    Promise.resolve(onOutcome(outcome, req, res)).catch(warn)
  } catch (error) {
    warn(error)
  }
}
