// node bench/loading.mjs [package…]: the CPU time of `require`, each time in a process that has loaded
// nothing but node:http, as every server has. It is the time on a machine that does nothing else, and
// does not depend on what else this one does. Packages that are named are timed beside ours and
// serve-static.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { median } from './load.mjs'
import { ratioOf } from './measure.mjs'

const ROUNDS = 41

const { resolve } = createRequire(import.meta.url)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { taken } = runLoading(process.argv.slice(2))
  for (const [name, samples] of taken) {
    const time = median(samples.map(({ milliseconds }) => milliseconds))
    const ratio = ratioOf(taken, name, 'serve-static', 'milliseconds')
    console.log(`${name}: ${time.toFixed(1)} ms, ${ratio.toFixed(2)} x serve-static`)
  }
}

/** The CPU time of `require`, the packages in turn. */
export function runLoading(others = []) {
  const modules = new Map([
    ['ours', resolve('../dist/index.js')],
    ['serve-static', resolve('serve-static', { paths: [resolve('express')] })],
    ...others.map((name) => /** @type {const} */ ([name, resolve(name)])),
  ])
  /** @type {Map<string, { milliseconds: number }[]>} */
  const taken = new Map([...modules.keys()].map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, path] of modules) taken.get(name)?.push({ milliseconds: timeToLoad(path) })
  }
  const ratio = ratioOf(taken, 'ours', 'serve-static', 'milliseconds')
  const target = {
    title: 'require, CPU time',
    subject: 'ours',
    measure: 'milliseconds',
    versus: 'serve-static',
    most: 1,
    ratio,
    met: ratio <= 1,
  }
  return { title: target.title, taken, targets: [target] }
}

function timeToLoad(path) {
  const script = `require('node:http')
const before = process.cpuUsage()
require(${JSON.stringify(path)})
const { user, system } = process.cpuUsage(before)
console.log((user + system) / 1000)`
  return Number(execFileSync(process.execPath, ['--eval', script], { encoding: 'utf8' }))
}
