import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Calls `use` with the environment of an object store: the one that S3_ENDPOINT names, or a Ceph cluster that
 * runs until `use` returns. Where Ceph is not installed, says so; in CI that is a failure.
 */
export async function withStore(use) {
  if (process.env.S3_ENDPOINT) return use({})
  if (spawnSync('radosgw', ['--version']).status !== 0) {
    process.stderr.write('SKIPPED: Ceph is not installed: scripts/install-ceph.sh\n')
    process.exitCode = process.env.CI ? 1 : 0
    return undefined
  }
  const directory = mkdtempSync(join(tmpdir(), 'ceph-'))
  try {
    return await use(startCeph(directory))
  } finally {
    execFileSync(script('stop.sh'), [directory, '--purge'], { stdio: 'inherit' })
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Starts a cluster in a directory, and returns its environment. */
function startCeph(directory) {
  const output = execFileSync(script('start.sh'), [directory], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
