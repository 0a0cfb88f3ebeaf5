// One file, sent in three ways: in chunks, with a length and a digest, and until the client aborts.
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'
import { bigFile, bigFileDigest } from './sample-files.mjs'

export function transfers({ feed, onOutcome }) {
  const router = Router()

  router.get('/chunks', ({ query }, res) => {
    const maxRate = Number(query.rate) || undefined
    streamResponse(res, bigFile, { maxRate, onOutcome })
  })

  router.get('/download', (_req, res) =>
    streamResponse(res, bigFile, {
      contentLength: true,
      download: true,
      headers: { 'Repr-Digest': bigFileDigest },
      maxRate: 8_000_000,
      onOutcome,
    }),
  )

  router.get('/abort/:id', async ({ params }, res) => {
    const outcome = await streamResponse(res, bigFile, {
      contentLength: true,
      maxRate: 500_000,
      onOutcome,
    })
    feed.publish('outcome', { id: params.id, outcome })
  })

  return router
}
