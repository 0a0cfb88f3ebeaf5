module.exports = {
  ...require('./jest.config.js'),
  collectCoverage: true,
  coverageReporters: ['text', 'lcov'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
}
