import { readdirSync, readFileSync } from 'node:fs'

// What starts processes of its own, moves large files or counts on an undisturbed machine: no test of
// those tells more about a mutant than the others do, and each costs seconds.
const TOO_SLOW = [
  'examples',
  'faults',
  'nginx',
  'parity',
  'protocols/large-files',
  'security',
  'built-package',
  'command/main',
  'command/open-browser',
  'readme',
]

// MUTATION=all has every mutant meet every test that runs in one process, which takes hours. Without
// it a module is judged by the tests of its own layer. MUTATION=sample mutates a tenth of the lines, for an
// estimate of the score of lib/ in half an hour.
const mode = process.env.MUTATION
const SAMPLED_LINES = 10
const SAMPLED_EVERY = 100
const TESTS = '<rootDir>/__tests__'
const LAYERS = '{http,options,path,source,response,body,command}'
const mutated = {
  all: ['lib/**/*.ts', '!lib/index.ts'],
  sample: sampleOf('lib'),
}

/** Ranges of ten lines, one in every hundred lines of all modules. */
function sampleOf(directory) {
  const names = readdirSync(directory, { recursive: true }).filter((name) => name.endsWith('.ts'))
  let seen = 0
  return names.sort().flatMap((name) => {
    const file = `${directory}/${name}`
    const { length } = readFileSync(file, 'utf8').split('\n')
    const first = (SAMPLED_EVERY - (seen % SAMPLED_EVERY)) % SAMPLED_EVERY
    seen += length
    return rangesOf(length, first).map((range) => `${file}:${range}`)
  })
}

function rangesOf(length, first) {
  const starts = []
  for (let line = first + 1; line <= length; line += SAMPLED_EVERY) starts.push(line)
  return starts.map((start) => `${start}-${Math.min(start + SAMPLED_LINES - 1, length)}`)
}

/** Mutates lib/; the tests must notice. */
export default {
  packageManager: 'npm',
  mutate: mutated[mode] ?? [`lib/${LAYERS}/**/*.ts`, 'lib/*.ts', '!lib/index.ts'],
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.js',
    config: {
      testMatch:
        mode === 'all'
          ? [`${TESTS}/**/*.test.ts`]
          : [`${TESTS}/${LAYERS}/**/*.test.ts`, `${TESTS}/*.test.ts`],
      testPathIgnorePatterns: TOO_SLOW.map((name) => `${TESTS}/${name}[./]`),
      testTimeout: 10_000,
      reporters: [],
    },
  },
  coverageAnalysis: 'perTest',
  // A static mutant meets every test, and three quarters of the time would go to them.
  ignoreStatic: mode !== 'all',
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'html'],
  clearTextReporter: { reportTests: false, logTests: false },
  ignorePatterns: ['coverage', 'docs', 'examples'],
  // It is rewritten by means of a TypeScript that TypeScript 7 no longer has; swc does not need it.
  tsconfigFile: 'none',
}
