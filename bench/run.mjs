// npm run bench [-- --quick] [--only=<part of a row's title>]
//
// Compares this package with everything one would take instead, in one run on one machine. The full
// run writes docs/benchmarks.md and its chart; --quick runs only what the targets need, and prints.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runLoading } from './loading.mjs'
import {
  contendersOf,
  makeFiles,
  mergeRuns,
  runFirstByte,
  runPeakMemory,
  runRow,
  runStalledReaders,
} from './measure.mjs'
import {
  capture,
  pinToLoadCores,
  startFastApi,
  startNginx,
  startNginxInFront,
  startNode,
} from './processes.mjs'
import { chart, environment, memoryTable, rowTable, targetTable, timeTable } from './report.mjs'
import { behindNginx, serverOf, throughputRows } from './rows.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const docs = join(here, '..', 'docs')
const quick = process.argv.includes('--quick')
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length)
const settings = quick
  ? { processes: 1, rounds: 1, seconds: 1, everyone: false, times: 40 }
  : { processes: 3, rounds: 3, seconds: 1, everyone: true, times: 100 }

if (process.platform !== 'linux' || capture('sh', ['-c', 'command -v wrk']) === undefined) {
  console.error('The benchmark needs Linux and wrk: scripts/install-bench-tools.sh')
  process.exit(1)
}
build()
pinToLoadCores()
const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
const directory = join(scratch, 'files')
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
mkdirSync(directory)
makeFiles(directory)
await main()

async function main() {
  const chosen = (title) => only === undefined || title.includes(only)
  const rows = throughputRows.filter(({ title }) => chosen(title))
  const sections = []
  const targets = []
  const done = []
  const add = (result, table) => {
    const section = table(result)
    console.log(`${section}\n`)
    sections.push(section)
    targets.push(...result.targets)
  }
  for (const row of rows) {
    const names = contendersOf(row, settings.everyone).map(serverOf)
    const runs = []
    while (runs.length < settings.processes) {
      runs.push(await withServers(names, (servers) => runRow(row, servers, directory, settings)))
    }
    const result = mergeRuns(row, runs)
    done.push(result)
    add(result, rowTable)
  }
  const pair = ['ours', 'express.static']
  if (chosen('peak memory')) add(await runPeakMemory(startNode, directory, pair, 3), memoryTable)
  if (chosen('stalled')) add(await runStalledReaders(startNode, directory, pair, 1000), memoryTable)
  if (chosen('first byte')) {
    add(await withServers(pair, (servers) => runFirstByte(servers, pair, settings)), timeTable)
  }
  if (chosen('require')) add(runLoading(), timeTable)
  console.log(targetTable(targets))
  if (!quick && only === undefined) write(targets, sections, done)
}

/** Starts servers anew: what a row before has left in a process is in none of them. */
async function withServers(names, use) {
  const starting = [...new Set(names)].map(async (name) => {
    const server = await started(name).catch((error) => error)
    return /** @type {const} */ ([name, server])
  })
  const servers = new Map(await Promise.all(starting))
  try {
    return await use(servers)
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop?.()))
  }
}

function started(name) {
  if (name === 'nginx') return startNginx(directory, scratch)
  if (name in behindNginx) {
    const { example, app } = behindNginx[name]
    return startNginxInFront(example, app, directory, scratch)
  }
  return name === 'FastAPI' ? startFastApi(directory) : startNode(name, directory)
}

/** The built package, and the peers in a directory of their own. */
function build() {
  const npm = (args, cwd) => {
    const { status } = spawnSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) process.exit(1)
  }
  npm(['run', '--silent', 'build'], join(here, '..'))
  if (!existsSync(join(here, 'node_modules'))) {
    npm(['install', '--no-audit', '--no-fund', '--no-package-lock'], here)
  }
}

function write(targets, sections, done) {
  mkdirSync(docs, { recursive: true })
  writeFileSync(join(docs, 'benchmarks.svg'), chart(done))
  writeFileSync(
    join(docs, 'benchmarks.md'),
    `# Benchmarks

\`npm run bench\` writes this page in about 25 minutes. \`npm run bench -- --quick\` takes fewer samples,
runs fewer servers, and only prints. The bytes of each server are verified before it is timed. Compare the ratios:
the absolute figures depend on the machine. [performance.md](performance.md) explains how the package sends bytes, and
at what cost.

${environment(settings.rounds, settings.seconds, settings.processes)}

"Ceiling: Express from memory" sends the same headers and body from a variable, without any file access.
"Ceiling: node:http, 1 MiB writes" does the same for 10 MiB without Express. nginx uses sendfile and one worker.

## Targets

${targetTable(targets)}

## Every server

![Throughput of every server as a ratio to express.static](benchmarks.svg)

${sections.join('\n\n')}
`,
  )
}
