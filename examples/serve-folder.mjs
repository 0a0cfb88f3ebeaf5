// Serves a folder: npm start [-- <folder>], on PORT or 3000. Without a folder it is the small site
// beside this file, with a text file of 10 MB made for the occasion.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { streamFiles } from 'express-stream-files'

const given = process.argv[2]
const folder = resolve(given ?? fileURLToPath(new URL('site', import.meta.url)))
const wanted = Number(process.env.PORT ?? 3000)

const app = express()
app.use(streamFiles(folder))
if (given === undefined) app.use(streamFiles(folderWithTenMegabytes()))

const server = app.listen(wanted, (error) => {
  if (error) {
    console.error(`Cannot listen on port ${wanted} (${error.message}). Try PORT=3001 npm start`)
    process.exit(1)
  }
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const url = `http://localhost:${port}`
  const file = given === undefined ? 'big.txt' : '<a file of the folder>'
  console.log(`Serving ${folder} at ${url}

  curl -sv ${url}/${file} | sha256sum           # Transfer-Encoding: chunked, no Content-Length
  curl -s --raw ${url}/${file} | head -c 300    # the first chunk as it is on the wire
`)
})

function folderWithTenMegabytes() {
  const made = mkdtempSync(join(tmpdir(), 'express-stream-files-'))
  const line = (_, number) => `${String(number).padStart(9, '0')} The quick brown fox jumps.\n`
  writeFileSync(join(made, 'big.txt'), Array.from({ length: 280_000 }, line).join(''))
  process.on('exit', () => rmSync(made, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
  return made
}
