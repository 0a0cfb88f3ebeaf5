// node bench/sendfile.mjs [rounds]: this package with and without sendfile, and nginx. The build must be
// there (npm run build). docs/performance.md quotes what it prints.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFiles, runRow, runStalledReaders } from './measure.mjs'
import { pinToLoadCores, startNginx, startNode } from './processes.mjs'
import { memoryTable, rowTable, targetTable } from './report.mjs'

const KIB = 1024
const WITHOUT = '{"contentLength":true}'
const WITH = '{"contentLength":true,"sendfile":true}'
const CHUNKED_WITHOUT = '{}'
const CHUNKED = '{"sendfile":true}'
const contenders = [WITH, WITHOUT, CHUNKED, CHUNKED_WITHOUT, 'nginx']

const large = (title, name, connections) => ({
  ...row(title, name, connections, 'bytes'),
  targets: [
    { least: 1.3, versus: WITHOUT, measure: 'bytes' },
    { least: 0.9, versus: 'nginx', measure: 'bytes' },
    { most: 0.4, versus: WITHOUT, measure: 'cpuPerByte' },
    { most: 2.2, versus: 'nginx', measure: 'cpuPerByte' },
  ],
})

const rows = [
  large('10 MiB file, 8 connections', '10m.bin', 8),
  large('1 GiB file, 4 connections', '1g.bin', 4),
  {
    ...row('64 KiB range out of 1 GiB', '1g.bin', 32, 'requests'),
    ...rangeOf(64 * KIB),
  },
  {
    ...row('256 KiB range out of 1 GiB', '1g.bin', 32, 'bytes'),
    ...rangeOf(256 * KIB),
  },
]

function row(title, name, connections, shown) {
  return {
    title,
    subject: WITH,
    contenders,
    path: () => `/${name}`,
    connections,
    shown,
    expect: { status: 200, file: name },
    targets: [],
  }
}

function rangeOf(length) {
  return {
    headers: () => ({ Range: `bytes=0-${length - 1}` }),
    expect: { status: 206, file: '1g.bin', length },
  }
}

const rounds = Number(process.argv[2] ?? 7)
const only = process.argv[3] ?? ''
pinToLoadCores()
const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
const directory = join(scratch, 'files')
const servers = new Map()
try {
  mkdirSync(directory)
  makeFiles(directory)
  for (const name of contenders) {
    const starting = name === 'nginx' ? startNginx(directory, scratch) : startNode(name, directory)
    servers.set(name, await starting)
  }
  const targets = []
  for (const chosen of rows.filter(({ title }) => title.includes(only))) {
    const result = await runRow(chosen, servers, directory, { rounds, seconds: 1, everyone: true })
    targets.push(...result.targets)
    console.log(`${rowTable(result)}\n`)
  }
  console.log(`${targetTable(targets)}\n`)
  if ('stalled'.includes(only)) {
    const pair = [WITH, WITHOUT]
    console.log(memoryTable(await runStalledReaders(startNode, directory, pair, 1000)))
  }
} finally {
  for (const server of servers.values()) await server.stop()
  rmSync(scratch, { recursive: true, force: true })
}
