// A ZIP made on the fly from the files of a directory: nothing is kept on the disk or in memory.
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'
import yazl from 'yazl'

const router = Router()
export default router

const directory = fileURLToPath(new URL('data/', import.meta.url))

function zipOf(paths) {
  const zip = new yazl.ZipFile()
  for (const [name, path] of paths) {
    zip.addReadStreamLazy(name, (add) => {
      const file = createReadStream(path)
      // Half an archive must not look like a whole one …
      file.once('error', (error) => zip.outputStream.destroy(error))
      // … and the client may leave in the middle of a file.
      zip.outputStream.once('close', () => file.destroy())
      add(null, file)
    })
  }
  zip.on('error', (error) => zip.outputStream.destroy(error))
  zip.end()
  return zip.outputStream
}

router.get('/', async (_req, res) => {
  const names = await readdir(directory)
  const paths = names.map((name) => [name, join(directory, name)])
  return streamResponse(res, zipOf(paths), { type: 'zip', download: 'data.zip' })
})

// One file is not there any more when its turn comes: the body is cut off, and the client knows.
router.get('/broken', (_req, res) => {
  const paths = ['report.csv', 'none.txt'].map((name) => [name, join(directory, name)])
  return streamResponse(res, zipOf(paths), { type: 'zip' })
})
