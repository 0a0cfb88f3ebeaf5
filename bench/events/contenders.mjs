// The servers of event streams and of JSON Lines. `/events` sends a number of events as fast as the
// client takes them, `/idle` sends heartbeats alone, and `/lines` sends JSON Lines.
import { once } from 'node:events'
import { createServer } from 'node:http'

const HEARTBEAT_MS = 1000
const EVENTS = Number(process.env.EVENTS)
const LINES = Number(process.env.LINES)

const load = {
  express: async () => (await import('express')).default,
  ours: () => import('../../dist/index.js').then((module) => module.default ?? module),
}

async function* events() {
  for (let id = 0; id < EVENTS; id++) yield { id: String(id), event: 'price', data: priceOf(id) }
}

function* rows() {
  for (let id = 0; id < LINES; id++) yield { id, name: `product ${id}`, price: id / 100 }
}

function priceOf(id) {
  return JSON.stringify({ symbol: 'ACME', price: id / 100 })
}

/** Events that never come. @type {AsyncIterable<never>} */
const nothing = {
  [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
}

/** Name to a function that starts it: `port => server or promise`. */
export const contenders = {
  ours: async (port) => {
    const express = await load.express()
    const { streamEvents, streamJsonLines } = await load.ours()
    return express()
      .get('/events', (_req, res) => streamEvents(res, events()))
      .get('/idle', (_req, res) => streamEvents(res, nothing, { heartbeat: HEARTBEAT_MS }))
      .get('/lines', (_req, res) => streamJsonLines(res, rows()))
      .listen(port, '127.0.0.1')
  },
  'better-sse': async (port) => {
    const express = await load.express()
    const { createSession } = await import('better-sse')
    return express()
      .get('/events', async (req, res) => {
        const session = await createSession(req, res)
        for await (const { data, event, id } of events()) {
          session.push(JSON.parse(data), event, id)
          if (res.writableNeedDrain) await once(res, 'drain')
        }
        res.end()
      })
      .get('/idle', (req, res) => createSession(req, res, { keepAlive: HEARTBEAT_MS }))
      .listen(port, '127.0.0.1')
  },
  'Hono streamSSE': async (port) => {
    const { Hono } = await import('hono')
    const { streamSSE } = await import('hono/streaming')
    const { serve } = await import('@hono/node-server')
    const app = new Hono()
    app.get('/events', (context) =>
      streamSSE(context, async (stream) => {
        for await (const event of events()) await stream.writeSSE(event)
      }),
    )
    app.get('/idle', (context) =>
      streamSSE(context, async (stream) => {
        while (!stream.aborted) {
          await stream.sleep(HEARTBEAT_MS)
          await stream.write(':\n\n')
        }
      }),
    )
    return serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  },
  'for await, res.write': (port) =>
    createServer(async (req, res) => {
      const isEvents = req.url === '/events'
      res.setHeader('Content-Type', isEvents ? 'text/event-stream' : 'application/jsonl')
      if (isEvents) {
        for await (const { data, event, id } of events()) {
          if (!res.write(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`)) await once(res, 'drain')
        }
      } else {
        for await (const row of rows()) {
          if (!res.write(`${JSON.stringify(row)}\n`)) await once(res, 'drain')
        }
      }
      res.end()
    }).listen(port, '127.0.0.1'),
  // What no server on Node.js holds less than: no route, no backpressure, one timer for all streams.
  'floor: node:http': (port) => {
    const streams = new Set()
    setInterval(() => {
      for (const res of streams) res.write(':\n\n')
    }, HEARTBEAT_MS)
    return createServer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
      res.write(':\n\n')
      streams.add(res)
      res.on('close', () => streams.delete(res))
    }).listen(port, '127.0.0.1')
  },
}
