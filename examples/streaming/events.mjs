// Server-sent events from an emitter. A heartbeat keeps proxies from closing a quiet connection.
import { EventEmitter, on } from 'node:events'
import { Router } from 'express'
import { streamEvents } from 'express-stream-files'

const router = Router()
export default router

const heartbeat = Number(process.env.HEARTBEAT_MS ?? 15_000)
const prices = new EventEmitter().setMaxListeners(0)

async function* priceEvents({ signal }) {
  for await (const [price] of on(prices, 'price', { signal })) yield { event: 'price', data: price }
}

router.get('/', (_req, res) => streamEvents(res, priceEvents, { heartbeat, retry: 2000 }))

router.get('/publish', (_req, res) => {
  prices.emit('price', { symbol: 'ABC', price: 42 })
  res.sendStatus(204)
})
