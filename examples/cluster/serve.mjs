// Serves a directory with several processes: node examples/cluster/serve.mjs [directory], on PORT or 3000.
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import express from 'express'
import { streamFiles } from 'express-stream-files'
import { gracefulShutdown } from '../graceful-shutdown.mjs'
import { contentHashTag } from './content-hash-tag.mjs'

const directory = process.argv[2] ?? 'examples/site'

if (cluster.isPrimary) runPrimary(Number(process.env.WORKERS ?? availableParallelism()))
else runWorker()

/** Starts the workers, and another one for each that crashed. */
function runPrimary(workers) {
  let isStopping = false
  cluster.once('listening', (_worker, { port }) => console.log(`http://localhost:${port}`))
  cluster.on('exit', () => {
    if (!isStopping) startWorker()
  })
  process.once('SIGTERM', () => {
    isStopping = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  })
  for (let count = 0; count < workers; count++) startWorker()
}

function startWorker() {
  // A message to a worker that has just ended cannot be sent. Its 'exit' follows.
  cluster.fork().on('error', () => {})
}

/** Listens on the port that all workers share, until nginx and the clients have what they asked for. */
function runWorker() {
  const app = express()
  app.use((_req, res, next) => {
    res.set('X-Worker', String(process.pid))
    next()
  })
  app.use('/hashed', streamFiles(directory, { etag: contentHashTag(), lastModified: false }))
  app.use(streamFiles(directory))
  const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
  server.once('close', () => process.exit())
  process.once('SIGTERM', gracefulShutdown(server))
}
