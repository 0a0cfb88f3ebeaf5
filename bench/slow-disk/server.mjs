// Serves a directory with the options given as JSON, and tells the delay of its event loop: <directory> <options>.
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { streamFiles } from '../../dist/index.js'

const [directory, options] = process.argv.slice(2)
const delay = monitorEventLoopDelay({ resolution: 1 })
const server = createServer(streamFiles(directory, JSON.parse(options)))
const milliseconds = (nanoseconds) => nanoseconds / 1e6

process.on('message', (question) => {
  if (question === 'start') {
    delay.reset()
    delay.enable()
    process.send?.('started')
  } else {
    delay.disable()
    const [p50, p99] = [50, 99].map((share) => milliseconds(delay.percentile(share)))
    process.send?.({ p50, p99, max: milliseconds(delay.max) })
  }
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.({ port })
})
