// How much memory a generated body of 2 GiB takes while a slow client reads it:
// npm run bench:memory [-- <MiB to send> <MiB per second>]. Fails beyond ±32 MiB.
import { spawn } from 'node:child_process'
import { get } from 'node:http'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MIB = 1024 * 1024
const BOUND = 32 * MIB
const [mib = 2048, mibPerSecond = 256] = process.argv.slice(2).map(Number)

const server = spawn(process.execPath, [
  fileURLToPath(new URL('server.mjs', import.meta.url)),
  String(mib * MIB),
])
server.stderr.pipe(process.stderr)
const lines = createInterface({ input: server.stdout })
const [port] = await new Promise((resolve) => lines.once('line', (...line) => resolve(line)))

function answerTo(path) {
  return new Promise((resolve, reject) =>
    get(`http://127.0.0.1:${port}${path}`, resolve).on('error', reject),
  )
}

async function residentBytes() {
  return Number((await (await answerTo('/memory')).toArray()).join(''))
}

/** Reads a body no faster than it was told; returns its length and the memory seen on the way. */
async function readSlowly(path) {
  const response = await answerTo(path)
  const began = performance.now()
  const seen = []
  let bytes = 0
  let sampledAt = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes - sampledAt > 16 * MIB) {
      sampledAt = bytes
      seen.push(await residentBytes())
    }
    const ahead = (bytes / (mibPerSecond * MIB)) * 1000 - (performance.now() - began)
    if (ahead > 1) await sleep(ahead)
  }
  return { bytes, seen, digest: response.trailers['repr-digest'] }
}

let failed = false
for (const path of ['/sync', '/async', '/web']) {
  const { bytes, seen, digest } = await readSlowly(path)
  // The first eighth warms the process up: its heap takes the size it then keeps.
  const settled = seen.slice(Math.ceil(seen.length / 8))
  const swing = (Math.max(...settled) - Math.min(...settled)) / MIB
  const whole = bytes === mib * MIB && digest !== undefined
  failed ||= !whole || swing * MIB > 2 * BOUND
  console.log(
    `${path}: ${bytes / MIB} MiB at ${mibPerSecond} MiB/s; resident ` +
      `${(Math.min(...settled) / MIB).toFixed(0)}–${(Math.max(...settled) / MIB).toFixed(0)} MiB ` +
      `(±${(swing / 2).toFixed(1)}) in ${settled.length} samples`,
  )
}
server.kill()
process.exitCode = failed ? 1 : 0
