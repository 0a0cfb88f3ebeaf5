// npm run bench:clients [-- <part of a program's name>]
//
// Runs real clients and caches against this package with chunked bodies and with `contentLength: true`,
// and writes what they did into docs/behind-a-proxy.md. A program that is not there is left out, and
// that is printed: scripts/install-client-tools.sh installs them all.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureBuffering } from './buffering.mjs'
import { writeFiles } from './files.mjs'
import { Origin } from './origin.mjs'
import { bufferingTable, table, writeTable } from './report.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const DOCUMENT = join(here, '..', '..', 'docs', 'behind-a-proxy.md')
const PROGRAMS = ['wget', 'aria2', 'curl', 'node-clients', 'pdfjs', 'chromium', 'nginx', 'varnish']
const MODES = [{ maxAge: '1h' }, { maxAge: '1h', contentLength: true }]

const only = process.argv[2]
const scratch = mkdtempSync(join(tmpdir(), 'bench-clients-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

build()
const directory = join(scratch, 'files')
mkdirSync(directory)
writeFiles(directory)

const sections = []
for (const name of PROGRAMS.filter((name) => only === undefined || name.includes(only))) {
  const program = await import(`./programs/${name}.mjs`)
  const version = program.version()
  if (version === undefined) {
    console.error(`SKIPPED: ${name} is not installed (scripts/install-client-tools.sh)`)
    continue
  }
  const results = []
  for (const options of MODES) results.push(await withOrigin(options, program.measure))
  sections.push({ title: `${program.name} ${version}`, results })
  console.log(`${table(sections.slice(-1))}\n`)
}
const complete = only === undefined && sections.length === PROGRAMS.length
if (complete) {
  writeTable(DOCUMENT, 'clients', table(sections))
  const buffering = bufferingTable(await withOrigin({}, measureBuffering))
  console.log(buffering)
  writeTable(DOCUMENT, 'buffering', buffering)
} else {
  console.error('Not all of it was run: the document is left as it is.')
}

/** Measures against a server that is started for it. */
async function withOrigin(options, measure) {
  const own = mkdtempSync(join(scratch, 'run-'))
  const origin = new Origin(directory, options)
  await origin.start()
  try {
    return await measure({ origin, directory, scratch: own })
  } finally {
    await origin.kill()
  }
}

function build() {
  const npm = (args, cwd) => {
    const { status } = spawnSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) process.exit(1)
  }
  npm(['run', '--silent', 'build'], join(here, '..', '..'))
  if (!existsSync(join(here, 'node_modules'))) {
    npm(['install', '--no-audit', '--no-fund', '--no-package-lock'], here)
  }
}
