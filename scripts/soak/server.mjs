// The server under load: <contender> <folder>. Tells its port; answers 'state' with what it holds.
import express from 'express'
import { streamFiles, streamResponse } from 'express-stream-files'

const [, , contender, folder] = process.argv

const seen = { handed: 0, unsettled: 0 }

const contenders = {
  'express-stream-files': {
    files: () => streamFiles(folder),
    one: (_req, res, path) => {
      seen.unsettled++
      void streamResponse(res, path).finally(() => seen.unsettled--)
    },
  },
  'express.static': {
    files: () => express.static(folder),
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

const { files, one } = contenders[contender]
const app = express()
app.use('/files', files())
app.get('/one/:name', (req, res, next) => one(req, res, `${folder}/${req.params.name}`, next))
app.use((error, _req, res, next) => {
  const { status = 500 } = error
  if (status >= 500) seen.handed++
  if (res.headersSent) next(error)
  else res.sendStatus(status)
})

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.({ port })
})

process.on('message', () => {
  global.gc?.()
  process.send?.({ ...seen, buffers: process.memoryUsage().arrayBuffers })
})
