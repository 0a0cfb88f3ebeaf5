const config = require('./jest.config.js')

/** The tests that send files, with `sendfile: true` as the default. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  setupFiles: ['<rootDir>/__tests__/support/sendfile-by-default.cjs'],
}
