// npm run bench:scaling: every step of docs/scaling.md, and how its cost grows with the connections and with the
// size of the file. Takes about five minutes, and writes the tables of that page.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeTable } from '../clients/report.mjs'
import { median, throughput } from '../load.mjs'
import { makeFiles } from '../measure.mjs'
import { pinToLoadCores, startNginx, startNginxInFront, startNode } from '../processes.mjs'
import { behindNginx } from '../rows.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const DOCUMENT = here('../../docs/scaling.md')

const ROUNDS = 3
// To open thousands of connections takes a while.
const secondsFor = (connections) => (connections > 500 ? 4 : 1)
const MIB = 1024 * 1024
const STEPS = [
  'express.static',
  'ours',
  'ours, in front of Express',
  'ours, several processes',
  'nginx, proxy to ours',
  'nginx, offload by ours',
  'nginx',
]
const CURVES = ['ours', 'ours, in front of Express', 'nginx, offload by ours']
const CONNECTIONS = [1, 8, 64, 512, 4096]
const SIZES = { '1 KiB': '1k.txt', '10 KiB': '10k.txt', '100 KiB': '100k.txt', '10 MiB': '10m.bin' }

const count = (value) => Math.round(value).toLocaleString('en')
const mebibytes = (bytes) => `${count(bytes / MIB)} MiB`
const milliseconds = (seconds) => `${(seconds * 1e3).toFixed(1)} ms`
const microseconds = (seconds) => `${count(seconds * 1e6)} µs`

build()
pinToLoadCores()
const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
const directory = join(scratch, 'files')
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
mkdirSync(directory)
makeFiles(directory)

const steps = await withServers(STEPS, async (servers) => [
  await measure(servers, '/1k.txt', 32),
  await measure(servers, '/10m.bin', 8),
])
write('steps', stepTable(steps))
const byConnections = await withServers(CURVES, (servers) =>
  inTurn(CONNECTIONS, (connections) => measure(servers, '/1k.txt', connections)),
)
write('connections', connectionTable(byConnections))
const bySize = await withServers(CURVES, (servers) =>
  inTurn(Object.values(SIZES), (name) => measure(servers, `/${name}`, 8)),
)
write('sizes', sizeTable(bySize))

/** The medians of interleaved rounds, by server. The first round warms up and is not counted. */
async function measure(servers, path, connections) {
  const samples = new Map()
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of servers) {
      const sample = await throughput(server, path, {
        connections,
        seconds: secondsFor(connections),
      })
      const counted = samples.get(name) ?? []
      if (round > 0) samples.set(name, [...counted, { ...sample, memory: server.memory().now }])
    }
  }
  return new Map([...samples].map(([name, list]) => [name, medians(list)]))
}

function medians(samples) {
  const of = (measure) => median(samples.map(measure))
  return {
    requests: of(({ requests }) => requests),
    bytes: of(({ bytes }) => bytes),
    cpuPerRequest: of(({ cpuPerRequest }) => cpuPerRequest),
    p99: of(({ p99 }) => p99),
    memory: of(({ memory }) => memory),
  }
}

async function inTurn(list, use) {
  const results = []
  for (const item of list) results.push(await use(item))
  return results
}

async function withServers(names, use) {
  const servers = new Map()
  try {
    for (const name of names) servers.set(name, await start(name))
    return await use(servers)
  } finally {
    for (const server of servers.values()) await server.stop()
  }
}

function start(name) {
  if (name === 'nginx') return startNginx(directory, scratch)
  if (!(name in behindNginx)) return startNode(name, directory)
  const { example, app } = behindNginx[name]
  return startNginxInFront(example, app, directory, scratch)
}

function stepTable([small, large]) {
  const lines = [
    '| server | 1 KiB, 32 connections | CPU per request | 10 MiB, 8 connections | CPU per request |',
    '|---|---:|---:|---:|---:|',
  ]
  for (const name of STEPS) {
    const [one, ten] = [small.get(name), large.get(name)]
    lines.push(
      `| ${name} | ${count(one.requests)}/s | ${microseconds(one.cpuPerRequest)} | ${mebibytes(ten.bytes)}/s | ${milliseconds(ten.cpuPerRequest)} |`,
    )
  }
  return lines.join('\n')
}

function connectionTable(results) {
  const lines = [
    '| connections | server | requests | CPU per request | 99 % within | memory |',
    '|---:|---|---:|---:|---:|---:|',
  ]
  for (const [place, connections] of CONNECTIONS.entries()) {
    for (const [name, { requests, cpuPerRequest, p99, memory }] of results[place]) {
      lines.push(
        `| ${count(connections)} | ${name} | ${count(requests)}/s | ${microseconds(cpuPerRequest)} | ${milliseconds(p99)} | ${mebibytes(memory)} |`,
      )
    }
  }
  return lines.join('\n')
}

function sizeTable(results) {
  const lines = [
    '| size | server | requests | bytes | CPU per request |',
    '|---|---|---:|---:|---:|',
  ]
  for (const [place, size] of Object.keys(SIZES).entries()) {
    for (const [name, { requests, bytes, cpuPerRequest }] of results[place]) {
      lines.push(
        `| ${size} | ${name} | ${count(requests)}/s | ${mebibytes(bytes)}/s | ${microseconds(cpuPerRequest)} |`,
      )
    }
  }
  return lines.join('\n')
}

function write(name, table) {
  console.log(`${table}\n`)
  writeTable(DOCUMENT, name, table)
}

/** The built package, and what it is compared with in a directory of its own. */
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
