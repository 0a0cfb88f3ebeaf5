// FastAPI's StreamingResponse and FileResponse, argument by argument: docs/streaming.md has the table.
import { open, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Router } from 'express'
import { readChunks, streamResponse } from 'express-stream-files'

const data = fileURLToPath(new URL('data/', import.meta.url))
const report = `${data}report.csv`

const router = Router()
export default router

// A generator that opens the file only when it is iterated. The first item is there before the head
// goes out, so a file that does not exist is a 404 and not an empty 200.
async function* readInChunks(path) {
  const file = await open(path)
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 64 * 1024 })) yield chunk
  } finally {
    await file.close()
  }
}
router.get('/seed/:name', (req, res) =>
  streamResponse(res, readInChunks(`${data}${req.params.name}.csv`), { type: 'text/csv' }),
)

// The same without a generator of one's own.
router.get('/read-chunks/:name', (req, res) =>
  streamResponse(res, readChunks(`${data}${req.params.name}.csv`), { type: 'text/csv' }),
)

// content: an async generator …
router.get('/content-async', (_req, res) => {
  async function* countdown() {
    for (const number of [3, 2, 1]) {
      yield `${number}\n`
      await sleep(10)
    }
  }
  return streamResponse(res, countdown(), { type: 'txt' })
})

// … or a sync one, which is as fast here and needs no thread.
router.get('/content-sync', (_req, res) => {
  function* countdown() {
    for (const number of [3, 2, 1]) yield `${number}\n`
  }
  return streamResponse(res, countdown(), { type: 'txt' })
})

// status_code
router.get('/status-code', (_req, res) => streamResponse(res, ['accepted'], { status: 202 }))

// headers
router.get('/headers', (_req, res) =>
  streamResponse(res, ['x'], { headers: { 'X-Trace': 'abc', 'Cache-Control': 'no-store' } }),
)

// media_type
router.get('/media-type', (_req, res) => streamResponse(res, ['<p>Hi'], { type: 'text/html' }))

// background: what is to happen afterwards stands after the await, and knows how it went.
const finished = []
router.get('/background', async (_req, res) => {
  const { completed, bytesSent } = await streamResponse(res, ['four'])
  finished.push({ completed, bytesSent })
})
router.get('/finished', (_req, res) => res.json(finished))

// An error of the generator's own, with its own status, before the first item.
router.get('/error', (_req, res) => {
  // biome-ignore lint/correctness/useYield: it fails before it has anything to give
  async function* rows() {
    throw Object.assign(new Error('This report is gone'), { status: 410 })
  }
  return streamResponse(res, rows())
})

// The client that leaves ends the generator: its finally runs.
const left = []
router.get('/disconnect', (_req, res) => {
  async function* endless() {
    try {
      for (let second = 0; ; second++) {
        yield `${second}\n`
        await sleep(10)
      }
    } finally {
      left.push('cleaned up')
    }
  }
  return streamResponse(res, endless())
})
router.get('/left', (_req, res) => res.json(left))

// FileResponse(path): validators, conditions and ranges are there, and 404 where there is no file.
router.get('/path', (_req, res) => streamResponse(res, report))
router.get('/no-such-path', (_req, res) => streamResponse(res, `${data}none.csv`))

// A path from a user is confined to a root.
router.get('/user-path', (req, res) => streamResponse(res, String(req.query.file), { root: data }))

// filename
router.get('/filename', (_req, res) => streamResponse(res, report, { download: 'Zählung.csv' }))

// content_disposition_type="inline"
router.get('/inline', (_req, res) =>
  streamResponse(res, report, { headers: { 'Content-Disposition': 'inline; filename="r.csv"' } }),
)

// stat_result: nobody has to stat first. Who has the file open already passes the handle.
router.get('/stat-result', async (_req, res, next) => {
  const handle = await open(report).catch(next)
  if (handle === undefined) return
  try {
    await streamResponse(res, handle, { type: 'csv' })
  } finally {
    await handle.close()
  }
})

// chunk_size
router.get('/chunk-size', (_req, res) => streamResponse(res, report, { chunkSize: 16 }))

// FileResponse always has a Content-Length; here it is an option, since a chunked body shows its end.
router.get('/content-length', (_req, res) => streamResponse(res, report, { contentLength: true }))

// etag and last-modified, made otherwise
router.get('/etag', async (_req, res) => {
  const { mtimeMs } = await stat(report)
  return streamResponse(res, report, { etag: () => `report-${mtimeMs}`, lastModified: false })
})
