// Live events: the state of the server once a second, and what the other panels report.
import { EventEmitter, once } from 'node:events'
import { Router } from 'express'
import { streamEvents } from 'express-stream-files'

const HISTORY = 100
const RECONNECT_AFTER_MS = 1500

/** Keeps the latest events, so that a client that reconnects gets those that it missed. */
class Feed {
  #events = []
  #nextId = 1
  #published = new EventEmitter().setMaxListeners(0)

  publish(event, data) {
    this.#events.push({ id: this.#nextId++, event, data })
    if (this.#events.length > HISTORY) this.#events.shift()
    this.#published.emit('event')
  }

  async *eventsAfter(lastEventId, signal) {
    let next = lastEventId === undefined ? this.#nextId : Number(lastEventId) + 1
    while (!signal.aborted) {
      const missed = this.#events.filter(({ id }) => id >= next)
      for (const event of missed) yield event
      next += missed.length
      if (missed.length === 0) await once(this.#published, 'event', { signal })
    }
  }
}

export const feed = new Feed()

const tick = () => {
  const { rss } = process.memoryUsage()
  feed.publish('status', { uptime: Math.round(process.uptime()), memory: rss, clients })
}
setInterval(tick, 1000)

// How many streams are open, and the signal that ends them.
let clients = 0
let closing = new AbortController()

export const events = Router()

events.get('/', (_req, res) => {
  clients++
  streamEvents(
    res,
    async function* ({ lastEventId, signal }) {
      yield { event: 'connected', data: { lastEventId: lastEventId ?? null } }
      yield* feed.eventsAfter(lastEventId, signal)
    },
    {
      onOutcome: () => clients--,
      retry: RECONNECT_AFTER_MS,
      signal: closing.signal,
    },
  )
})

/** Ends every stream after its latest event. */
events.post('/close', (_req, res) => {
  closing.abort()
  closing = new AbortController()
  res.sendStatus(204)
})
