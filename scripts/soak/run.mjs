// npm run soak [-- <seconds for each server>]
//
// Everything at once that can go wrong, against this package, with sendfile too, and then express.static: clients
// that leave, stall, pipeline, and speak HTTP/1.0 and HTTP/2, themselves or through nginx, while the
// files they read are written over. Fails unless this package held what docs/reliability.md promises, and writes the table there.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChanging, writeFiles } from './changes.mjs'
import { startProxies } from './proxy.mjs'
import { brokenPromises, print, writeTable } from './report.mjs'

const seconds = Number(process.argv[2] ?? 25)
const WORKERS = 2
const ABREAST = 24
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

if (process.platform !== 'linux') {
  console.error('The soak needs Linux: it reads what the server holds from /proc.')
  process.exit(1)
}

// What clients leave behind is let go of by then, or never.
const PATIENCE_MS = 10_000

const holds = (pid) => ({
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  sockets: readdirSync(`/proc/${pid}/fd`).filter((fd) => isSocket(`/proc/${pid}/fd/${fd}`)).length,
  memory: Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024,
})

function isSocket(link) {
  try {
    return readlinkSync(link).startsWith('socket:')
  } catch {
    // Closed since it was listed.
    return false
  }
}

/** Waits until a process holds no more than before, or has had time enough to. */
async function untilReleased(pid, before) {
  const deadline = Date.now() + PATIENCE_MS
  while (holds(pid).descriptors > before.descriptors && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function ask(child) {
  const answered = once(child, 'message')
  child.send('state')
  return (await answered)[0]
}

/** One load, from worker processes; the sum of what happened to their clients. */
async function load(ports) {
  const workers = Array.from({ length: WORKERS }, () =>
    fork(here('clients.mjs'), [JSON.stringify(ports), String(seconds), String(ABREAST)]),
  )
  const reports = await Promise.all(
    workers.map(async (worker) => {
      const ended = once(worker, 'exit').then(() => Promise.reject(new Error('A worker failed')))
      const [report] = await Promise.race([once(worker, 'message'), ended])
      return report
    }),
  )
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0)
  const all = (key) => [...new Set(reports.flatMap((report) => report[key]))]
  const counted = Object.keys(reports[0]).filter((key) => typeof reports[0][key] === 'number')
  const sums = Object.fromEntries(counted.map((key) => [key, sum(key)]))
  return { ...sums, examples: all('examples'), hangs: all('hangs') }
}

async function soak(contender) {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'))
  writeFiles(directory)
  let log = ''
  const server = fork(here('server.mjs'), [contender, directory], {
    execArgv: ['--expose-gc'],
    silent: true,
  })
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on('data', (text) => {
      log += text
    })
  }
  const [{ port, http2Port }] = await once(server, 'message')
  await (
    await fetch(`http://127.0.0.1:${port}/files/sml`, { headers: { Connection: 'close' } })
  ).text()
  const before = { ...holds(server.pid), ...(await ask(server)) }

  const peak = { ...before }
  const watch = setInterval(() => {
    const now = holds(server.pid)
    peak.descriptors = Math.max(peak.descriptors, now.descriptors)
    peak.memory = Math.max(peak.memory, now.memory)
  }, 100)
  const { proxies, stop: stopProxies } = await startProxies(port, directory)
  const stopChanging = startChanging(directory)
  const clients = await load({ port, http2Port, proxies })
  const changes = stopChanging()
  clearInterval(watch)
  await stopProxies()
  await untilReleased(server.pid, before)
  const after = { ...holds(server.pid), ...(await ask(server)) }
  const survived = server.exitCode === null
  server.kill()
  await once(server, 'exit')
  rmSync(directory, { recursive: true })
  const logLines = log.split('\n').filter((line) => line !== '').length
  return { contender, seconds, clients, changes, before, peak, after, survived, logLines, log }
}

const ours = [await soak('express-stream-files'), await soak('with sendfile: true')]
const results = [...ours, await soak('express.static')]
print(results)
writeTable(results, here('../../docs/reliability.md'))
const broken = ours.flatMap((result) =>
  brokenPromises(result).map((promise) => `${result.contender}: ${promise}`),
)
for (const promise of broken) console.error(`Not held: ${promise}`)
process.exitCode = broken.length === 0 ? 0 : 1
