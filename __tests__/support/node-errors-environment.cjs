const { mixinJestEnvironment } = require('@stryker-mutator/jest-runner')
const { TestEnvironment } = require('jest-environment-node')

/**
 * Node.js creates its errors outside the global scope of a test, where they are no `instanceof Error`. The AWS
 * SDK then replaces them by its own, without their code.
 */
class NodeErrorsEnvironment extends TestEnvironment {
  constructor(...parameters) {
    super(...parameters)
    this.global.Error = Error
  }
}

// Without it, mutation tests cannot tell which tests cover a line.
module.exports = mixinJestEnvironment(NodeErrorsEnvironment)
