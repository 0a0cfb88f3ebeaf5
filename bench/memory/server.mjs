// Sends a generated body and tells how much memory the process has: node server.mjs <bytes>
import { createServer } from 'node:http'
import { streamResponse } from '../../dist/index.js'

const ITEM = 64 * 1024
const total = Number(process.argv[2])

/** Every item is new memory, as rows and tokens are. */
function* generated() {
  for (let sent = 0; sent < total; sent += ITEM) {
    yield Buffer.alloc(Math.min(ITEM, total - sent), sent >> 16)
  }
}

async function* generatedAsync() {
  yield* generated()
}

const bodies = {
  '/sync': generated,
  '/async': generatedAsync,
  '/web': () => ReadableStream.from(generated()),
}

const server = createServer((req, res) => {
  if (req.url === '/memory') return res.end(String(process.memoryUsage.rss()))
  return streamResponse(res, bodies[req.url](), { digest: 'sha-256', chunkSize: 100_000 })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(port)
})
