const { TestEnvironment } = require('jest-environment-node')

/**
 * Node.js creates its errors outside the global scope of a test, where they are no `instanceof Error`. The AWS
 * SDK then replaces them by its own, without their code.
 */
module.exports = class extends TestEnvironment {
  constructor(...parameters) {
    super(...parameters)
    this.global.Error = Error
  }
}
