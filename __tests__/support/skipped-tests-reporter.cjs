// Names every test that did not run. In CI it is a failure: everything that a test may need is there,
// and a forgotten `.only` skips the other tests of its file.
module.exports = class SkippedTestsReporter {
  #skipped = []
  #isFiltered
  #isWhole

  constructor({ testNamePattern, testPathPatterns }) {
    this.#isFiltered = Boolean(testNamePattern)
    this.#isWhole = !testPathPatterns?.patterns.length
  }

  onTestResult(_test, { testResults }) {
    for (const { status, fullName } of testResults) {
      if (status === 'pending' || status === 'todo') this.#skipped.push(fullName)
    }
  }

  onRunComplete() {
    if (this.#isFiltered) return
    if (this.#isWhole && !process.env.S3_ENDPOINT) {
      process.stderr.write('NOT RUN: __tests__/s3, which needs an object store: npm run test:s3\n')
    }
    for (const name of this.#skipped) process.stderr.write(`SKIPPED: ${name}\n`)
  }

  /** Jest fails where a reporter has an error. */
  getLastError() {
    if (!process.env.CI || this.#isFiltered || this.#skipped.length === 0) return undefined
    return new Error(`CI must run every test, and ${this.#skipped.length} were skipped`)
  }
}
