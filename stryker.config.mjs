/** Mutates the pure rules; their own tests must notice. */
export default {
  packageManager: 'npm',
  mutate: ['lib/path/**/*.ts', 'lib/http/**/*.ts'],
  testRunner: 'jest',
  jest: {
    configFile: 'jest.config.js',
    config: {
      testMatch: ['<rootDir>/__tests__/path/**/*.test.ts', '<rootDir>/__tests__/http/**/*.test.ts'],
    },
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'html'],
  clearTextReporter: { reportTests: false, logTests: false },
  ignorePatterns: ['bench', 'coverage', 'dist', 'docs', 'examples'],
  // It is rewritten by means of a TypeScript that TypeScript 7 no longer has; swc does not need it.
  tsconfigFile: 'none',
}
