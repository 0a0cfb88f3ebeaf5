const config = require('./jest.config.js')

const DIRECTORIES = '{conformance,faults,protocols,response,wire}/**/*'
const FILES = 'stream-{files,response}*'

/** The tests of what is on the wire, with `sendfile: true` as the default. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: [DIRECTORIES, FILES].map((tests) => `<rootDir>/__tests__/${tests}.test.ts`),
  setupFiles: ['<rootDir>/__tests__/support/sendfile-by-default.cjs'],
}
