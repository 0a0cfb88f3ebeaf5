// Clients of every kind: <where they connect to, as JSON> <seconds> <how many at a time>. A third
// speaks HTTP/2, a third goes through a proxy. Tells what happened to them.
import { visitDirectly, visitThroughProxy } from './http1-clients.mjs'
import { visitOverHttp2 } from './http2-clients.mjs'
import { counts, hangs, lies } from './judge.mjs'

const [, , json, seconds, abreast] = process.argv
const ports = JSON.parse(json)

const ways = [
  visitDirectly,
  ...(ports.http2Port === undefined ? [] : [visitOverHttp2]),
  ...(ports.proxies.length === 0 ? [] : [visitThroughProxy]),
]
const end = Date.now() + Number(seconds) * 1000

async function keepVisiting(visit) {
  while (Date.now() < end) {
    counts.visits++
    await visit(ports)
  }
}

await Promise.all(
  Array.from({ length: Number(abreast) }, (_, index) => keepVisiting(ways[index % ways.length])),
)
process.send?.({ ...counts, examples: [...lies].slice(0, 5), hangs: [...hangs] })
process.disconnect()
