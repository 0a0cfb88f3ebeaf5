// scripts/mutation.mjs runs this for each layer: what is mutated, and the tests that must notice.
const {
  MUTATED_FILES = 'lib/**/*.ts',
  MUTATION_TESTS = '**/*.test.ts',
  LAYER = 'all',
} = process.env

// What starts processes of its own tells no more about a mutant than the others do, and costs seconds.
const TOO_SLOW = ['built-package', 'readme', 'command/main', 'command/open-browser']

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  packageManager: 'npm',
  mutate: MUTATED_FILES.split(','),
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.js',
    config: {
      testMatch: [`<rootDir>/__tests__/${MUTATION_TESTS}`],
      testPathIgnorePatterns: TOO_SLOW.map((name) => `<rootDir>/__tests__/${name}[./]`),
      testTimeout: 10_000,
      reporters: [],
    },
  },
  coverageAnalysis: 'perTest',
  // A static mutant meets every test, and three quarters of the time would go to them.
  ignoreStatic: true,
  concurrency: 2,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { reportTests: false, logTests: false },
  jsonReporter: { fileName: `reports/mutation/${LAYER}.json` },
  ignorePatterns: ['coverage', 'docs', 'examples', 'reports'],
  // It is rewritten by means of a TypeScript that TypeScript 7 no longer has; swc does not need it.
  tsconfigFile: 'none',
}
