// node bench/server.mjs <contender> <directory> <port>: one contender, until its parent ends it. A
// contender that is JSON is this package with those options.
import { contenders, oursWith } from './contenders.mjs'

const [name, directory, port] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const start = name.startsWith('{')
  ? (directory, port) => oursWith(JSON.parse(name), directory, port)
  : contenders[name]
const server = await start(directory, Number(port))
if (server !== undefined && !server.listening) {
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
}
process.send?.('listening')
