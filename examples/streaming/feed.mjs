// One source and many listeners. The history is bounded, and a client that reconnects gets what it missed.
import { EventEmitter, once } from 'node:events'
import { Router } from 'express'
import { streamEvents } from 'express-stream-files'

const router = Router()
export default router

/** Keeps the latest events. A listener holds only the number of its next event, however slow it is. */
class Feed {
  #history = []
  #nextId = 1
  #limit
  #emitter = new EventEmitter().setMaxListeners(0)

  constructor(limit) {
    this.#limit = limit
  }

  publish(data) {
    this.#history.push({ id: this.#nextId++, data })
    if (this.#history.length > this.#limit) this.#history.shift()
    this.#emitter.emit('published')
  }

  async *eventsAfter(lastEventId, signal) {
    let next = lastEventId === undefined ? this.#nextId : Number(lastEventId) + 1
    while (!signal.aborted) {
      const oldest = this.#history[0]?.id ?? this.#nextId
      if (next < oldest) {
        // The client must load the state anew: some events are no longer in the history.
        yield { event: 'gap', data: { from: next, to: oldest - 1 } }
        next = oldest
      } else if (next < this.#nextId) {
        yield this.#history[next - oldest]
        next++
      } else {
        await once(this.#emitter, 'published', { signal })
      }
    }
  }
}

const feed = new Feed(100)

router.get('/', (_req, res) =>
  streamEvents(res, ({ lastEventId, signal }) => feed.eventsAfter(lastEventId, signal)),
)

router.get('/publish/:text', (req, res) => {
  feed.publish(req.params.text)
  res.sendStatus(204)
})
