// npm run test:load [-- <jest arguments>]: runs the tests three times beside eight busy loops. A test
// that rests on the speed of the machine fails here.
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LOOPS = 8
const RUNS = 3
const RUN_MS_AT_MOST = 20 * 60 * 1000

// A loop ends with its parent, whatever becomes of that, and looks for it once a second.
const BUSY_LOOP = `
  const parent = process.ppid
  while (process.ppid === parent) {
    const until = Date.now() + 1000
    while (Date.now() < until);
  }`

const repo = dirname(dirname(fileURLToPath(import.meta.url)))
const jest = join(repo, 'node_modules/jest/bin/jest.js')

const loops = Array.from({ length: LOOPS }, () =>
  spawn(process.execPath, ['--eval', BUSY_LOOP], { stdio: 'ignore' }),
)
let failed = 0
try {
  for (let run = 1; run <= RUNS; run++) {
    console.log(`\nRun ${run} of ${RUNS}, beside ${LOOPS} busy loops`)
    const { status } = spawnSync(process.execPath, [jest, '--silent', ...process.argv.slice(2)], {
      cwd: repo,
      stdio: 'inherit',
      timeout: RUN_MS_AT_MOST,
      killSignal: 'SIGKILL',
    })
    if (status !== 0) failed++
  }
} finally {
  for (const loop of loops) loop.kill('SIGKILL')
}
console.log(`\n${RUNS - failed} of ${RUNS} runs passed`)
process.exitCode = failed === 0 ? 0 : 1
