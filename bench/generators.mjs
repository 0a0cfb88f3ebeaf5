// How fast a sync generator is beside an async one: npm run build && node bench/generators.mjs
import { createServer, get } from 'node:http'
import { streamResponse } from '../dist/index.js'

const MIB = 1024 * 1024
const ROUNDS = 7
const shapes = [
  { name: '64 KiB items', item: Buffer.alloc(64 * 1024), count: 8192, options: {} },
  { name: '64 B items', item: 'x'.repeat(64), count: 200_000, options: {} },
  {
    name: '64 B items, chunkSize 65536',
    item: 'x'.repeat(64),
    count: 1_000_000,
    options: { chunkSize: 65536 },
  },
]

function* sync({ item, count }) {
  for (let left = count; left > 0; left--) yield item
}

async function* async({ item, count }) {
  for (let left = count; left > 0; left--) yield item
}

const kinds = { sync, async }
const server = createServer((req, res) => {
  const [, kind, place] = String(req.url).split('/')
  const shape = shapes[Number(place)]
  return streamResponse(res, kinds[kind](shape), shape.options)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())

async function megabytesPerSecond(kind, place) {
  const began = performance.now()
  const response = await new Promise((resolve) =>
    get(`http://127.0.0.1:${port}/${kind}/${place}`, resolve),
  )
  let bytes = 0
  for await (const chunk of response) bytes += chunk.length
  return bytes / MIB / ((performance.now() - began) / 1000)
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

for (const [place, { name }] of shapes.entries()) {
  const rates = { sync: [], async: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['sync', 'async']) rates[kind].push(await megabytesPerSecond(kind, place))
  }
  const [ofSync, ofAsync] = [median(rates.sync), median(rates.async)]
  console.log(
    `${name}: sync ${ofSync.toFixed(0)} MiB/s, async ${ofAsync.toFixed(0)} MiB/s, ` +
      `ratio ${(ofSync / ofAsync).toFixed(2)}`,
  )
}
server.close()
