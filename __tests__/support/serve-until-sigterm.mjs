// Serves 64 MiB, and shuts down gracefully on SIGTERM. Writes its port as one line.
import { createServer } from 'node:http'
import { gracefulShutdown } from '../../examples/graceful-shutdown.mjs'

const body = Buffer.alloc(64 * 1024 * 1024, 'x')
const server = createServer({ keepAliveTimeout: 0 }, (_req, res) => res.end(body))
process.once('SIGTERM', gracefulShutdown(server))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
