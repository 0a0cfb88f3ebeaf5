// Serves every example of this directory: node examples/streaming/serve.mjs, on PORT or 3000.
import express from 'express'
import { gracefulShutdown } from '../graceful-shutdown.mjs'
import csv from './csv.mjs'
import events from './events.mjs'
import fastapi from './fastapi.mjs'
import feed from './feed.mjs'
import log from './log.mjs'
import ndjson from './ndjson.mjs'
import proxy from './proxy.mjs'
import shutdown, { endStreams } from './shutdown.mjs'
import sse from './sse.mjs'
import template from './template.mjs'
import tokens from './tokens.mjs'
import zip from './zip.mjs'

const app = express()
app.use('/csv', csv)
app.use('/events', events)
app.use('/fastapi', fastapi)
app.use('/feed', feed)
app.use('/log', log)
app.use('/ndjson', ndjson)
app.use('/proxy', proxy)
app.use('/shutdown', shutdown)
app.use('/sse', sse)
app.use('/template', template)
app.use('/tokens', tokens)
app.use('/zip', zip)

const server = app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`http://localhost:${port}`)
})

const close = gracefulShutdown(server)
process.once('SIGTERM', () => {
  close()
  endStreams()
})
