// npm start: a page that shows what streams, and a text file of 10 MB, on PORT or 3000.
// npm start -- <directory>: serves that directory instead. HOST=0.0.0.0 lets other machines connect.
import { basename, resolve } from 'node:path'
import express from 'express'
import { streamFiles } from 'express-stream-files'
import { events, feed } from './events.mjs'
import { log, logOutcome } from './log.mjs'
import { bigFile } from './sample-files.mjs'
import { transfers } from './transfers.mjs'
import { video } from './video.mjs'

const directory = process.argv[2]
const port = Number(process.env.PORT ?? 3000)
const host = process.env.HOST ?? '127.0.0.1'

const app = express()
if (directory === undefined) serveDemo()
else app.use(streamFiles(resolve(directory)))

const server = app.listen(port, host, (error) => {
  if (error) {
    console.error(`Cannot listen on ${host}:${port} (${error.message}). Try PORT=3001 npm start`)
    process.exit(1)
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  const url = `http://localhost:${address.port}`
  const file = directory === undefined ? basename(bigFile) : '<a file of the directory>'
  console.log(`Serving ${directory === undefined ? 'the demo' : resolve(directory)} at ${url}

  curl -sv ${url}/${file} | sha256sum           # Transfer-Encoding: chunked, no Content-Length
  curl -s --raw ${url}/${file} | head -c 300    # the first chunk as it is on the wire
`)
})

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

function serveDemo() {
  const page = new URL('public/', import.meta.url)
  const onOutcome = (outcome, req) => logOutcome(req, outcome)
  app.use('/events', events)
  app.use('/log', log)
  app.use('/transfers', transfers({ feed, onOutcome }))
  app.use('/video.webm', video({ feed, onOutcome }))
  app.use(streamFiles(page, { onOutcome }))
  app.get(`/${basename(bigFile)}`, streamFiles(resolve(bigFile, '..'), { onOutcome }))
}
