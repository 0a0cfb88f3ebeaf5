// node bench/loading.mjs: how long `require` takes, each time in a process that has loaded nothing.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { median } from './load.mjs'

const ROUNDS = 21

const { resolve } = createRequire(import.meta.url)
const serveStatic = resolve('serve-static', { paths: [resolve('express')] })
const modules = { 'serve-static': serveStatic, ours: resolve('../dist/index.js') }
/** @type {Record<string, number[]>} */
const times = Object.fromEntries(Object.keys(modules).map((name) => [name, []]))

for (let round = 0; round < ROUNDS; round++) {
  for (const [name, path] of Object.entries(modules)) times[name].push(timeToLoad(path))
}
for (const [name, all] of Object.entries(times)) {
  const ratio = median(all.map((time, round) => time / times['serve-static'][round]))
  console.log(`${name}: ${median(all).toFixed(1)} ms, ${ratio.toFixed(2)} x serve-static`)
}

function timeToLoad(path) {
  const script = `const begun = performance.now()
require(${JSON.stringify(path)})
console.log(performance.now() - begun)`
  return Number(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' }))
}
