// npm run mutation [-- --sample] [layer…]: changes the code of lib/ in many places; the tests must notice. Each
// layer is judged by its own tests, and the entry points by theirs. Prints the score of each layer and of all,
// and fails below 85 %. With --sample it changes ten lines in every hundred, for an estimate.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'

const LEAST_PERCENT = 85
const SAMPLED_LINES = 10
const SAMPLED_EVERY = 100
const ENTRY_POINTS = 'entry-points'
const DETECTED = ['Killed', 'Timeout']
const UNDETECTED = ['Survived', 'NoCoverage']

const { values, positionals } = parseArgs({
  options: { sample: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const layers = positionals.length > 0 ? positionals : [...layersOf('lib'), ENTRY_POINTS]

const scores = layers.map((layer) => ({ layer, ...scoreOf(layer) }))
const all = {
  layer: 'all',
  detected: sum(scores.map(({ detected }) => detected)),
  mutants: sum(scores.map(({ mutants }) => mutants)),
}
for (const { layer, detected, mutants } of [...scores, all]) {
  console.log(`${layer}: ${detected} of ${mutants}, ${percentOf(detected, mutants).toFixed(1)} %`)
}
process.exitCode = percentOf(all.detected, all.mutants) >= LEAST_PERCENT ? 0 : 1

function layersOf(directory) {
  const entries = readdirSync(directory, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

function scoreOf(layer) {
  const report = `reports/mutation/${layer}.json`
  rmSync(report, { force: true })
  spawnSync('npx', ['stryker', 'run'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      LAYER: layer,
      MUTATED_FILES: filesOf(layer).join(','),
      MUTATION_TESTS: layer === ENTRY_POINTS ? '*.test.ts' : `${layer}/**/*.test.ts`,
    },
  })
  const { files } = JSON.parse(readFileSync(report, 'utf8'))
  const statuses = Object.values(files).flatMap(({ mutants }) =>
    mutants.map(({ status }) => status),
  )
  const detected = statuses.filter((status) => DETECTED.includes(status)).length
  const undetected = statuses.filter((status) => UNDETECTED.includes(status)).length
  return { detected, mutants: detected + undetected }
}

function filesOf(layer) {
  const isEntry = layer === ENTRY_POINTS
  const directory = isEntry ? 'lib' : `lib/${layer}`
  const names = readdirSync(directory, { recursive: !isEntry, encoding: 'utf8' })
  const files = names.filter((name) => name.endsWith('.ts') && name !== 'index.ts').sort()
  const paths = files.map((name) => `${directory}/${name}`)
  return values.sample ? sampleOf(paths) : paths
}

/** Ranges of lines, evenly over all files. */
function sampleOf(paths) {
  let seen = 0
  return paths.flatMap((path) => {
    const { length } = readFileSync(path, 'utf8').split('\n')
    const ranges = []
    for (let line = 1; line <= length; line++) {
      if ((seen + line) % SAMPLED_EVERY !== 0) continue
      ranges.push(`${path}:${line}-${Math.min(line + SAMPLED_LINES - 1, length)}`)
    }
    seen += length
    return ranges
  })
}

function percentOf(part, whole) {
  return whole === 0 ? 100 : (100 * part) / whole
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
