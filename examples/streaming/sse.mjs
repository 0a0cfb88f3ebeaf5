// What other libraries call their arguments and helpers, as streamEvents has them.
import { EventEmitter, on } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { streamEvents, streamJsonLines } from 'express-stream-files'

const router = Router()
export default router

const items = [{ name: 'Plumbus' }, { name: 'Portal Gun' }]

// FastAPI: `yield item` in a route with EventSourceResponse sends the item as JSON.
router.get('/fastapi/items', (_req, res) =>
  streamEvents(
    res,
    items.map((data) => ({ data })),
  ),
)

// FastAPI: ServerSentEvent(data=…, event=…, id=…, retry=…, comment=…); raw_data is a string as `data`.
router.get('/fastapi/server-sent-event', (_req, res) =>
  streamEvents(res, [
    { comment: 'starting', retry: 5000 },
    { data: items[0], event: 'item', id: 1 },
    { data: '[DONE]', event: 'done' },
  ]),
)

// FastAPI: last_event_id: Annotated[int | None, Header()]
router.get('/fastapi/last-event-id', (_req, res) =>
  streamEvents(res, ({ lastEventId }) => {
    const start = lastEventId === undefined ? 0 : Number(lastEventId) + 1
    return items.map((data, id) => ({ id, data })).slice(start)
  }),
)

// FastAPI: events in response to POST, as MCP has them.
router.post('/fastapi/post', (_req, res) => streamEvents(res, ['one token', 'another token']))

// FastAPI: `yield item` in a route without a response class sends JSON Lines.
router.get('/fastapi/json-lines', (_req, res) => streamJsonLines(res, items))

// sse-starlette: EventSourceResponse(content, ping=…, send_timeout=…, status_code=…, headers=…)
router.get('/sse-starlette/arguments', (_req, res) =>
  streamEvents(res, ['a'], {
    heartbeat: 5000,
    stallTimeout: 30_000,
    status: 200,
    headers: { 'Cache-Control': 'no-cache' },
  }),
)

const closed = []

// sse-starlette: background, client_close_handler_callable
router.get('/sse-starlette/background', async (_req, res) => {
  const { completed, aborted } = await streamEvents(res, ['a'])
  closed.push({ completed, aborted })
})
router.get('/sse-starlette/closed', (_req, res) => res.json(closed))

// Hono: streamSSE(c, async (stream) => { while (!stream.aborted) { await stream.writeSSE(…); await stream.sleep(10) } })
router.get('/hono/stream-sse', (_req, res) =>
  streamEvents(res, async function* ({ signal }) {
    for (let id = 0; id < 3 && !signal.aborted; id++) {
      yield { data: `It is ${id}`, event: 'time-update', id }
      await sleep(10)
    }
  }),
)

// Hono: stream.onAbort(…) is `finally`, or the signal.
const aborts = []
router.get('/hono/on-abort', (_req, res) =>
  streamEvents(res, async function* ({ signal }) {
    try {
      yield 'waiting'
      await sleep(60_000, undefined, { signal })
    } finally {
      aborts.push('aborted')
    }
  }),
)
router.get('/hono/aborts', (_req, res) => res.json(aborts))

// better-sse: session.push(data, eventName, eventId), session.iterate(iterable), session.stream(readable)
router.get('/better-sse/iterate', (_req, res) => streamEvents(res, new Set(['a', 'b'])))
router.get('/better-sse/stream', (_req, res) => streamEvents(res, Readable.from(['a', 'b'])))

// better-sse: createChannel(), channel.register(session), channel.broadcast(data, eventName)
const channel = new EventEmitter().setMaxListeners(0)
router.get('/better-sse/channel', (_req, res) =>
  streamEvents(res, async function* ({ signal }) {
    yield { event: 'registered' }
    for await (const [data, event] of on(channel, 'broadcast', { signal })) yield { data, event }
  }),
)
router.get('/better-sse/broadcast', (_req, res) => {
  channel.emit('broadcast', { hello: 'everybody' }, 'greeting')
  res.sendStatus(204)
})
