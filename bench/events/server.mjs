// node bench/events/server.mjs <contender> <port>: one contender, until its parent ends it.
import { contenders } from './contenders.mjs'

const [name, , port] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const server = await contenders[name](Number(port))
if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
process.send?.('listening')
