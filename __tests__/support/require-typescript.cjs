// Lets a child process require the TypeScript of lib/ as it stands, as jest does in this one.
const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { transformSync } = require('@swc/core')

const jsc = { target: 'es2022', parser: { syntax: 'typescript' } }
const resolveFilename = Module._resolveFilename

Module._resolveFilename = function resolve(name, parent, ...rest) {
  const written = parent?.filename?.endsWith('.ts') ? name.replace(/^(\..*)\.js$/, '$1.ts') : name
  return resolveFilename.call(this, written, parent, ...rest)
}

require.extensions['.ts'] = function compile(module, path) {
  const { code } = transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    jsc,
    module: { type: 'commonjs' },
  })
  module._compile(code, path)
}
