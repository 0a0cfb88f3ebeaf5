import { AsyncResource } from 'node:async_hooks'

// How late an idle timer may fire: a tenth of its time, and never more than a second.
const MAX_PERIOD_MS = 1000
const PERIODS_PER_INTERVAL = 10

interface Period {
  readonly timers: Set<IdleTimer>
  readonly handle: NodeJS.Timeout
}

const periods = new Map<number, Period>()

/**
 * Calls back whenever nothing restarted it for a time. All timers of one period share one of Node's:
 * thousands of idle streams must cost nothing, and restarting is for every event of every stream. Each is
 * called back in its own async context, not that of the first: code of the application may run then.
 */
export class IdleTimer extends AsyncResource {
  readonly #interval: number
  readonly #period: number
  readonly #callback: () => void
  #due = 0

  /** @param interval in milliseconds */
  constructor(interval: number, callback: () => void) {
    super('IdleTimer')
    this.#interval = interval
    this.#period = Math.max(Math.min(interval / PERIODS_PER_INTERVAL, MAX_PERIOD_MS), 1)
    this.#callback = callback
  }

  /** Starts it, or starts its time anew. */
  restart(): void {
    this.#due = performance.now() + this.#interval
    periodOf(this.#period).timers.add(this)
  }

  stop(): void {
    const period = periods.get(this.#period)
    if (period === undefined) return
    period.timers.delete(this)
    if (period.timers.size > 0) return
    clearInterval(period.handle)
    periods.delete(this.#period)
  }

  fireIfDue(now: number): void {
    if (now < this.#due) return
    this.#due = now + this.#interval
    this.runInAsyncScope(this.#callback)
  }
}

function periodOf(ms: number): Period {
  const known = periods.get(ms)
  if (known !== undefined) return known
  const timers = new Set<IdleTimer>()
  const handle = setInterval(() => {
    const now = performance.now()
    for (const timer of timers) timer.fireIfDue(now)
  }, ms)
  const period = { timers, handle }
  periods.set(ms, period)
  return period
}
