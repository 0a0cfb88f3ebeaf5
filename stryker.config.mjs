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
  'readme',
]

// MUTATION=all has every mutant meet every test that runs in one process, which takes hours. Without
// it a module is judged by the tests of its own layer.
const all = process.env.MUTATION === 'all'
const LAYERS = '{http,options,path,source,response,body}'

/** Mutates lib/; the tests must notice. */
export default {
  packageManager: 'npm',
  mutate: all ? ['lib/**/*.ts', '!lib/index.ts'] : [`lib/${LAYERS}/**/*.ts`],
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.js',
    config: {
      testMatch: [`<rootDir>/__tests__/${all ? '' : `${LAYERS}/`}**/*.test.ts`],
      testPathIgnorePatterns: TOO_SLOW.map((name) => `<rootDir>/__tests__/${name}[./]`),
      testTimeout: 10_000,
      reporters: [],
    },
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'html'],
  clearTextReporter: { reportTests: false, logTests: false },
  ignorePatterns: ['coverage', 'dist', 'docs', 'examples'],
  // It is rewritten by means of a TypeScript that TypeScript 7 no longer has; swc does not need it.
  tsconfigFile: 'none',
}
