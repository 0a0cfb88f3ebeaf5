// node bench/options.mjs [rounds]: this package against itself under other options. The build must be
// there (npm run build). Prints ratios to the defaults; docs/performance.md quotes them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFiles, runRow } from './measure.mjs'
import { pinToLoadCores, startNode } from './processes.mjs'
import { rowTable } from './report.mjs'

const KIB = 1024
const DEFAULTS = '{}'
const KEEPING_LARGE_FILES = `{"cache":{"maxBytes":${64 * KIB * KIB},"maxFileBytes":${16 * KIB * KIB}}}`
const chunkSizes = [16, 256, 1024].map((size) => `{"chunkSize":${size * KIB}}`)

const rows = [
  compare('1 KiB file', '/1k.txt', 32, 'requests', ['{"cache":false}']),
  compare('100 KiB file', '/100k.txt', 32, 'requests', ['{"cache":false}', ...chunkSizes]),
  compare('10 MiB file', '/10m.bin', 8, 'bytes', [KEEPING_LARGE_FILES, ...chunkSizes]),
  {
    ...compare('64 KiB range out of 1 GiB', '/1g.bin', 32, 'requests', ['{"cache":false}']),
    headers: () => ({ Range: `bytes=0-${64 * KIB - 1}` }),
    expect: { status: 206, file: '1g.bin', length: 64 * KIB },
  },
]

function compare(title, path, connections, shown, others) {
  return {
    title,
    subject: DEFAULTS,
    contenders: [DEFAULTS, ...others],
    path: () => path,
    connections,
    shown,
    expect: { status: 200, file: path.slice(1) },
    targets: [],
  }
}

const rounds = Number(process.argv[2] ?? 5)
pinToLoadCores()
const directory = join(mkdtempSync(join(tmpdir(), 'bench-')), 'files')
const servers = new Map()
try {
  mkdirSync(directory)
  makeFiles(directory)
  for (const name of new Set(rows.flatMap(({ contenders }) => contenders))) {
    servers.set(name, await startNode(name, directory))
  }
  for (const row of rows) {
    console.log(
      `${rowTable(await runRow(row, servers, directory, { rounds, seconds: 1, everyone: true }))}\n`,
    )
  }
} finally {
  for (const server of servers.values()) await server.stop()
  rmSync(join(directory, '..'), { recursive: true, force: true })
}
