// The server under load: <contender> <directory>. Tells its ports; answers 'state' with what it holds.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import express from 'express'
import { streamFiles, streamResponse } from 'express-stream-files'

const [, , contender, directory] = process.argv

const seen = { handed: 0, unsettled: 0 }

const ours = (options) => ({
  files: () => streamFiles(directory, options),
  one: (_req, res, path) => {
    seen.unsettled++
    void streamResponse(res, path, options).finally(() => seen.unsettled--)
  },
  overHttp2: true,
})

const contenders = {
  'express-stream-files': ours({}),
  'with sendfile: true': ours({ sendfile: true }),
  'express.static': {
    files: () => express.static(directory),
    one: (_req, res, path, next) => {
      seen.unsettled++
      res.sendFile(path, (error) => {
        seen.unsettled--
        // What its documentation says to do: a client that left is no failure.
        if (error && error.code !== 'ECONNABORTED' && !res.headersSent) next(error)
      })
    },
  },
}

const { files, one, overHttp2 } = contenders[contender]
const app = express()
app.use('/files', files())
app.get('/one/:name', (req, res, next) => one(req, res, `${directory}/${req.params.name}`, next))
app.use((error, _req, res, next) => {
  const { status = 500 } = error
  if (status >= 500) seen.handed++
  if (!res.headersSent) res.sendStatus(status)
  // The files change all the time, and the connection was aborted: there is nothing to log.
  else if (error.code !== 'ERR_FILE_CHANGED') next(error)
})

/** Express does not run on node:http2, so there the package is the server. */
function http2Server() {
  const serve = files()
  return createHttp2Server((req, res) => {
    const [, place, name] = req.url.split('/')
    if (place === 'one') return one(req, res, `${directory}/${name}`)
    req.url = `/${name}`
    return serve(req, res)
  })
}

async function listen(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port
}

process.on('message', () => {
  global.gc?.()
  process.send?.({ ...seen, buffers: process.memoryUsage().arrayBuffers })
})

process.send?.({
  port: await listen(createServer(app)),
  ...(overHttp2 && { http2Port: await listen(http2Server()) }),
})
