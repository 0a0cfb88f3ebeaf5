// Serves a bucket with Express and s3Source, in a process whose memory and descriptors can be watched.
import express from 'express'
import { streamFiles } from 'express-stream-files'
import { s3Source } from 'express-stream-files/s3'
import { storeClient } from './client.mjs'

const [bucket] = process.argv.slice(2)
const client = storeClient(process.env)

const app = express()
app.use('/length', streamFiles(s3Source({ client, bucket }), { contentLength: true }))
app.use(streamFiles(s3Source({ client, bucket })))
app.use((error, _req, res, next) => {
  if (res.headersSent) next(error)
  else res.status(error.status).set(error.headers).end()
})
// Express logs responses that were aborted, which the clients count.
app.set('env', 'test')

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})

process.on('message', (message) => {
  // What is left open after that, is open by mistake.
  if (message === 'close the pool') client.destroy()
  globalThis.gc?.()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  process.send?.({ rss, heapUsed, arrayBuffers })
})
