// One JSON value per line: the client works on the first while the last is still being produced.
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { streamJsonArray, streamJsonLines } from 'express-stream-files'

const router = Router()
export default router

async function* search(words) {
  for (const [place, word] of words.entries()) {
    await sleep(10)
    yield { place, word }
  }
}

router.get('/', (_req, res) => streamJsonLines(res, search(['eins', 'zwei', 'drei'])))

// The same for a client that wants plain JSON.
router.get('/array', (_req, res) => streamJsonArray(res, search(['eins', 'zwei', 'drei'])))
