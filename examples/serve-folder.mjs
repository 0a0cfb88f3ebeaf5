// Serves a folder: npm start [-- <folder>], on PORT or 3000.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { streamFiles, streamResponse } from 'express-stream-files'

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('site', import.meta.url)))
const port = Number(process.env.PORT ?? 3000)

const app = express()
app.use(streamFiles(folder))
app.get('/download', (_req, res) => streamResponse(res, 'README.md', { download: true }))

const server = app.listen(port, (error) => {
  if (error) {
    console.error(
      `Cannot listen on port ${port}: ${error.message}. Try another: PORT=3001 npm start`,
    )
    process.exit(1)
  }
  const url = `http://localhost:${server.address().port}`
  console.log(`Serving ${folder} at ${url}

  curl -sv ${url}/
  curl -sv ${url}/download -o README.copy.md`)
})
