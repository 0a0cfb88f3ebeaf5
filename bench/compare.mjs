// npm run bench:compare -- <checkout> [--only=<part of a row's title>]: this package against an earlier commit
// of it. The checkout needs `npm ci && npm run build`, and `npm install --no-package-lock` in its bench/.
//
// Two processes of the same code differ by up to 5 %, so each row is measured in several pairs of processes.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { burst, median } from './load.mjs'
import { expectedHash, makeFiles, prepare } from './measure.mjs'
import { capture, pinToLoadCores, startNode } from './processes.mjs'
import { serverOf, throughputRows } from './rows.mjs'

const PAIRS = 5
const WARM_UP = 4
const ROUNDS = 12
const SECONDS = 0.3

const [checkout = ''] = process.argv.slice(2)
const scripts = {
  before: resolve(checkout, 'bench/server.mjs'),
  after: fileURLToPath(new URL('server.mjs', import.meta.url)),
}
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length) ?? ''
if (checkout === '' || !existsSync(scripts.before)) {
  console.error('usage: npm run bench:compare -- <checkout of an earlier commit> [--only=<title>]')
  process.exit(2)
}
if (capture('h2load', ['--version']) === undefined) {
  console.error('The comparison needs h2load: scripts/install-bench-tools.sh')
  process.exit(1)
}

pinToLoadCores()
const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
const directory = join(scratch, 'files')
try {
  mkdirSync(directory)
  makeFiles(directory)
  console.log('| work | requests/s, × before | CPU, × before | requests/s of each pair |')
  console.log('|---|---:|---:|---|')
  const rows = throughputRows.filter(({ subject }) => subject.startsWith('ours'))
  for (const row of rows.filter(({ title }) => title.includes(only))) {
    console.log(`| ${row.title} | ${await compare(row)} |`)
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function compare(row) {
  const pairs = []
  try {
    while (pairs.length < PAIRS) pairs.push(await comparePair(row))
  } catch (error) {
    return `could not run: ${error.message} | – | –`
  }
  const all = (measure) => median(pairs.flatMap((rounds) => ratios(rounds, measure))).toFixed(2)
  const each = pairs.map((rounds) => median(ratios(rounds, 'requests')).toFixed(2))
  return `${all('requests')} | ${all('cpuPerRequest')} | ${each.join(', ')}`
}

function ratios(rounds, measure) {
  return rounds.map(({ before, after }) => after[measure] / before[measure])
}

/** Measures both sides by turns, in a fresh process each. */
async function comparePair(row) {
  const name = serverOf(row.subject)
  const servers = []
  try {
    for (const script of [scripts.before, scripts.after]) {
      servers.push(await startNode(name, directory, script))
    }
    const sha256 = expectedHash(directory, row.expect)
    const [before, after] = await Promise.all(
      servers.map((server) => prepare(row.subject, row, new Map([[name, server]]), sha256)),
    )
    return await rounds(row.connections, { before, after })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function rounds(connections, sides) {
  let requests = connections * 4
  const load = ({ server, path, headers }) =>
    burst(server, path, { connections, requests, headers })
  for (let round = 0; round < WARM_UP; round++) {
    const { requests: rate } = await load(sides.before)
    await load(sides.after)
    requests = Math.max(Math.round(rate * SECONDS), connections)
  }
  const samples = []
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? ['before', 'after'] : ['after', 'before']
    const sample = {}
    for (const side of order) sample[side] = await load(sides[side])
    samples.push(sample)
  }
  return samples
}
