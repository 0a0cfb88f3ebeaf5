// Serves what `npm run build` makes of app/: scripts/build-site-example.sh, then node examples/site-vite/serve.mjs,
// on PORT or 3000. It prints a line for each response.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { streamFiles } from 'express-stream-files'

const dist = fileURLToPath(new URL('app/dist', import.meta.url))
if (!existsSync(dist)) {
  console.error('There is no app/dist: run scripts/build-site-example.sh')
  process.exit(1)
}

const app = express()
app.get('/api/time', (_req, res) => {
  res.json({ time: new Date() })
})
app.use(
  streamFiles(dist, {
    cacheControl: 'fingerprinted',
    exclude: /\.map$/,
    fallback: 'index.html',
    nosniff: true,
    precompressed: true,
    onOutcome: ({ status }, req) => console.log(`${status} ${req.url}`),
  }),
)
app.use((req, res) => {
  console.log(`404 ${req.url}`)
  res.status(404).type('txt').send('Not found')
})

const server = app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`http://localhost:${port}`)
})
