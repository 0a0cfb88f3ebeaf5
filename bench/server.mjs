// node bench/server.mjs <contender> <folder> <port>: one contender, until its parent ends it.
import { contenders } from './contenders.mjs'

const [name, folder, port] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const server = await contenders[name](folder, Number(port))
if (server !== undefined && !server.listening) {
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
}
process.send('listening')
