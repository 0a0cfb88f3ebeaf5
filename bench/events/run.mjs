// npm run bench:events: event streams and JSON Lines, compared with what one would take instead. Every
// round runs each server once, so that all of them see the same machine. Writes docs/event-benchmarks.md.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median } from '../load.mjs'
import { pinToLoadCores, startFastApi, startNode } from '../processes.mjs'
import { environment } from '../report.mjs'

const ROUNDS = 7
const EVENTS = 200_000
const LINES = 100_000
const IDLE_STREAMS = 2000
const IDLE_SECONDS = 10
const IDLE_ROUNDS = 3
const KIB = 1024
const LAST_CHUNK = '\r\n0\r\n\r\n'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const FASTAPI = 'FastAPI, StreamingResponse'
const BY_HAND = 'for await, res.write'
const FLOOR = 'floor: node:http'
const NODE_PEERS = ['better-sse', 'Hono streamSSE']

process.env.EVENTS = String(EVENTS)
process.env.LINES = String(LINES)
build()
pinToLoadCores()
const events = await rates('/events', ['ours', ...NODE_PEERS, BY_HAND, FASTAPI], EVENTS, '\ndata:')
const lines = await rates('/lines', ['ours', BY_HAND, FASTAPI], LINES, '\n')
const idle = await idleStreams(['ours', ...NODE_PEERS, FASTAPI, FLOOR])
write()

/** Items per second to one client, for each server, in interleaved rounds. */
async function rates(path, names, count, mark) {
  return withServers(names, async (servers) => {
    const taken = new Map(names.map((name) => [name, []]))
    // The first round warms up and is not counted.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, server] of servers) {
        const cpuBefore = server.cpuSeconds()
        const { seconds, items } = await readWhole(server.port, path, mark)
        if (items !== count) throw new Error(`${name} sent ${items} of ${count} items`)
        const cpu = server.cpuSeconds() - cpuBefore
        if (round > 0) taken.get(name).push({ rate: count / seconds, ratePerCpu: count / cpu })
      }
    }
    return taken
  })
}

/** Reads a response to its last chunk as fast as it comes: some servers then keep the connection. */
async function readWhole(port, path, mark) {
  const began = performance.now()
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const chunks = []
  let tail = ''
  for await (const chunk of socket) {
    chunks.push(chunk)
    tail = (tail + chunk.toString('latin1', Math.max(chunk.length - LAST_CHUNK.length, 0))).slice(
      -LAST_CHUNK.length,
    )
    if (tail === LAST_CHUNK) break
  }
  const seconds = (performance.now() - began) / 1000
  const text = unchunked(Buffer.concat(chunks))
  return { seconds, items: text.split(mark).length - 1 }
}

/** The body of a chunked response. */
function unchunked(bytes) {
  const parts = []
  let position = bytes.indexOf('\r\n\r\n') + 4
  while (position < bytes.length) {
    const end = bytes.indexOf('\r\n', position)
    const size = Number.parseInt(bytes.toString('latin1', position, end), 16)
    parts.push(bytes.subarray(end + 2, end + 2 + size))
    position = end + 2 + size + 2
  }
  return Buffer.concat(parts).toString()
}

/** What idle streams cost each server: memory for one, and CPU for all of them. */
async function idleStreams(names) {
  const costs = new Map(names.map((name) => [name, []]))
  for (let round = 0; round < IDLE_ROUNDS; round++) {
    for (const name of names) {
      const cost = await withServers([name], (servers) => costOfStreams(servers.get(name)))
      costs.get(name).push(cost)
    }
  }
  return costs
}

async function costOfStreams({ port, memory, cpuSeconds }) {
  // What a server loads at its first streams is not theirs.
  const first = await openStreams(port, 20)
  const before = memory().now
  const sockets = await openStreams(port, IDLE_STREAMS)
  await sleep(1000)
  const cpuBefore = cpuSeconds()
  await sleep(IDLE_SECONDS * 1000)
  const cpu = (cpuSeconds() - cpuBefore) / IDLE_SECONDS
  const memoryOfStream = (memory().now - before) / IDLE_STREAMS
  for (const socket of [...first, ...sockets]) socket.destroy()
  return { memory: memoryOfStream, cpu }
}

/** Opens streams, each of which has received its first heartbeat. */
function openStreams(port, count) {
  return Promise.all(Array.from({ length: count }, () => openStream(port)))
}

function openStream(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').once('error', reject)
    socket.write('GET /idle HTTP/1.1\r\nHost: localhost\r\n\r\n')
    let text = ''
    socket.on('data', (bytes) => {
      if (text.includes('\r\n\r\n') && bytes.includes(':')) resolve(socket)
      text = (text + bytes).slice(-2000)
    })
  })
}

async function withServers(names, use) {
  const servers = new Map()
  try {
    for (const name of names) servers.set(name, await started(name))
    return await use(servers)
  } finally {
    for (const server of servers.values()) await server.stop()
  }
}

function started(name) {
  return name === FASTAPI ? startFastApi('', here('.')) : startNode(name, '', here('server.mjs'))
}

function build() {
  const npm = (args, cwd) => {
    const { status } = spawnSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) process.exit(1)
  }
  npm(['run', '--silent', 'build'], here('../..'))
  if (!existsSync(here('../node_modules'))) {
    npm(['install', '--no-audit', '--no-fund', '--no-package-lock'], here('..'))
  }
}

/** The median of the rounds' ratios: the machine is another one a minute later. */
function ratio(taken, measure, other) {
  const ours = taken.get('ours')
  return median(ours.map((own, round) => own[measure] / taken.get(other)[round][measure])).toFixed(
    2,
  )
}

function rateTable(taken, unit) {
  const rows = [...taken].map(([name, samples]) => {
    const rates = samples.map(({ rate }) => Math.round(rate))
    const [typical, least, most] = [median([...rates]), Math.min(...rates), Math.max(...rates)].map(
      (rate) => rate.toLocaleString('en'),
    )
    const ratios = `${ratio(taken, 'rate', name)} | ${ratio(taken, 'ratePerCpu', name)}`
    return `| ${name} | ${typical} | ${least}–${most} | ${ratios} |`
  })
  const header = `| server | ${unit}/s | spread | ours × | ours ×, by CPU time |`
  return [header, '|---|---:|---:|---:|---:|', ...rows].join('\n')
}

function idleTable() {
  const rows = [...idle].map(([name, samples]) => {
    const memory = median(samples.map((sample) => sample.memory)) / KIB
    const cpu = median(samples.map((sample) => sample.cpu)) * 100
    return `| ${name} | ${memory.toFixed(1)} KiB | ${cpu.toFixed(1)} % |`
  })
  return ['| server | memory of a stream | CPU of all |', '|---|---:|---:|', ...rows].join('\n')
}

function write() {
  const page = `# Benchmarks of event streams

\`npm run bench:events\` writes this page. Compare the ratios: the absolute figures depend on the machine. The
ratio by CPU time is of items per second of the server's own CPU time, and does not depend on what else the machine
does.

${environment(ROUNDS, 'one whole response')}

## ${EVENTS.toLocaleString('en')} events to one fast client

The same async generator of \`{ id, event, data }\` for every Node.js server.

${rateTable(events, 'events')}

## ${IDLE_STREAMS.toLocaleString('en')} idle streams with a heartbeat a second

The median of ${IDLE_ROUNDS} runs of ${IDLE_SECONDS} s, in turn.
Memory is resident memory, which includes Node's own for a connection. It depends on when V8 last collected garbage: over
many runs this package had 17 to 40 KiB, and better-sse 37 to 45. The floor is node:http with one timer for all streams.
CPU is a share of one core. The default heartbeat of 15 s takes a fifteenth of it.

${idleTable()}

## ${LINES.toLocaleString('en')} JSON Lines to one fast client

${rateTable(lines, 'lines')}
`
  console.log(page)
  writeFileSync(here('../../docs/event-benchmarks.md'), page)
}
