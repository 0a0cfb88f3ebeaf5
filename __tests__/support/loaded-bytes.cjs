// The JavaScript that a process has loaded, in bytes, but for the files of the tests themselves.
// Run with a module's path it prints what that one loads.
const { statSync } = require('node:fs')

exports.loadedBytes = () =>
  Object.keys(require.cache)
    .filter((path) => /\.[cm]?js$/.test(path) && !path.startsWith(__dirname))
    .reduce((sum, path) => sum + statSync(path).size, 0)

if (require.main === module) {
  require(process.argv[2])
  console.log(exports.loadedBytes())
}
