/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // These need an object store, which `npm run test:s3` has.
  testPathIgnorePatterns: process.env.S3_ENDPOINT ? [] : ['<rootDir>/__tests__/s3/'],
  // What hangs must end; how long something takes is never what is tested.
  testTimeout: 120_000,
  // One for each core: a test is right however little of the machine it gets.
  maxWorkers: '100%',
  reporters: ['default', '<rootDir>/__tests__/support/skipped-tests-reporter.cjs'],
  transform: {
    '\\.m?ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // With --coverage.
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageReporters: ['text', 'lcov'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
}
