// A server of events in a process of its own: <port> <number of events already produced>. Says that it
// listens, and produces another event for each message.
require('./require-typescript.cjs')
const { EventEmitter, once } = require('node:events')
const { createServer } = require('node:http')
const { streamEvents, streamJsonLines } = require('../../lib/index.ts')

const [, , port, produced] = process.argv
let latest = Number(produced)
const source = new EventEmitter()

async function* numbersAfter(last, signal) {
  for (let next = last + 1; ; next++) {
    while (next > latest) await once(source, 'produced', { signal })
    yield next
  }
}

const routes = {
  '/events': (res) =>
    streamEvents(
      res,
      async function* ({ lastEventId, signal }) {
        for await (const id of numbersAfter(Number(lastEventId ?? 0), signal)) {
          yield { id, data: { number: id, lastEventId } }
        }
      },
      { retry: 50 },
    ),
  '/lines': (res) =>
    streamJsonLines(res, async function* ({ signal }) {
      for await (const number of numbersAfter(latest, signal)) yield { number }
    }),
}

const server = createServer((req, res) => {
  const respond = routes[req.url]
  if (respond !== undefined) return respond(res)
  res.setHeader('Content-Type', 'text/html')
  res.end('<!doctype html><title>Events</title>')
})
server.listen(Number(port), '127.0.0.1', () => process.send({ port: server.address().port }))

process.on('message', () => {
  latest++
  source.emit('produced')
})
