// The tokens of a language model as they come. A model that refuses at once is a real 429.
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

const usage = []

/** Stands for the client library of a model: an async iterable of parts of its answer. */
async function* complete(prompt) {
  if (prompt === 'too much') throw Object.assign(new Error('Rate limit reached'), { status: 429 })
  // Tokens are cut where the model likes, here in the middle of an emoji.
  for (const token of ['Why ', 'not', '? \ud83d', '\ude00']) {
    await sleep(10)
    yield token
  }
}

router.get('/', async (req, res) => {
  const { bytesSent, completed } = await streamResponse(res, complete(req.query.prompt), {
    type: 'txt',
    headers: { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
    signal: AbortSignal.timeout(60_000),
  })
  usage.push({ bytesSent, completed })
})

router.get('/usage', (_req, res) => res.json(usage))
