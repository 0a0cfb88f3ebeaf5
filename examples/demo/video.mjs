// A video that is sent slowly, so that a seek needs a range of its own.
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'
import { videoFile } from './sample-files.mjs'

export function video({ feed, onOutcome }) {
  const router = Router()
  router.get('/', async (req, res) => {
    const request = { range: req.headers.range ?? null, number: ++requests }
    feed.publish('range', request)
    const { status, bytesSent, aborted } = await streamResponse(res, videoFile, {
      contentLength: 'auto',
      headers: { 'Cache-Control': 'no-store' },
      maxRate: 60_000,
      onOutcome,
    })
    feed.publish('range', { ...request, status, bytesSent, aborted })
  })
  return router
}

let requests = 0
