// A server in a process of its own: <root of the files> <path of a Unix socket, or ''>. Says its port,
// and replies to messages.
require('./require-typescript.cjs')
if (process.env.SENDFILE === 'yes') require('./sendfile-by-default.cjs')
const { readdirSync } = require('node:fs')
const { createServer } = require('node:http')
const { expressPackage } = require('./express-package.cjs')
const express = require(expressPackage)
const { streamFiles, streamResponse } = require('../../lib/index.ts')

const [, , root, socket] = process.argv
const app = express()
app.set('env', 'test')
app.use('/static', express.static(root))
app.get('/one/:name', (req, res) => {
  void streamResponse(res, `${root}/${req.params.name}`)
})
for (const symlinks of ['deny', 'follow']) app.use(`/${symlinks}`, streamFiles(root, { symlinks }))
app.use(streamFiles(root))

// A superuser may read everything, whatever its mode.
if (process.env.UNPRIVILEGED === 'yes' && process.getuid?.() === 0) {
  process.setgroups([])
  process.setgid(65534)
  process.setuid(65534)
}

const server = createServer(app)
const listening = () => {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
}
if (socket) createServer(app).listen(socket, listening)
else listening()

const replies = {
  descriptors: () => readdirSync('/proc/self/fd').length,
  memory: () => {
    global.gc?.()
    const { rss, arrayBuffers } = process.memoryUsage()
    return { rss, arrayBuffers }
  },
  close: () => {
    server.close()
    // Nothing but the connections keeps the process alive from here on.
    process.nextTick(() => process.disconnect())
    return true
  },
}

process.on('message', (name) => process.send({ [name]: replies[name]() }))
