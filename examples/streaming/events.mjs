// Server-sent events with a heartbeat, which keeps proxies from closing a quiet connection.
import { EventEmitter, on } from 'node:events'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

const HEARTBEAT_MS = Number(process.env.HEARTBEAT_MS ?? 15_000)
const prices = new EventEmitter().setMaxListeners(0)

async function* toEvents(emitter) {
  for await (const [price] of on(emitter, 'price')) {
    yield `event: price\ndata: ${JSON.stringify(price)}\n\n`
  }
}

async function* withHeartbeat(events, milliseconds) {
  const iterator = events[Symbol.asyncIterator]()
  // The head goes out with the first item, so there is one at once.
  yield 'retry: 2000\n\n'
  let next = iterator.next()
  try {
    while (true) {
      let timer
      const silence = new Promise((resolve) => {
        timer = setTimeout(resolve, milliseconds)
      })
      const step = await Promise.race([next, silence])
      clearTimeout(timer)
      if (step === undefined) {
        yield ': still here\n\n'
        continue
      }
      if (step.done) return
      next = iterator.next()
      yield step.value
    }
  } finally {
    // Not awaited: a generator that waits for its next event cannot be ended before that comes.
    iterator.return()
  }
}

router.get('/', (_req, res) =>
  streamResponse(res, withHeartbeat(toEvents(prices), HEARTBEAT_MS), {
    type: 'text/event-stream',
    headers: { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
  }),
)

router.get('/publish', (_req, res) => {
  prices.emit('price', { symbol: 'ABC', price: 42 })
  res.sendStatus(204)
})
