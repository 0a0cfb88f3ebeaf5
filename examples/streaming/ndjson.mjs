// One JSON value a line: the client works on the first while the last is still being made.
import { setTimeout as sleep } from 'node:timers/promises'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

async function* search(words) {
  for (const [place, word] of words.entries()) {
    await sleep(10)
    yield { place, word }
  }
}

async function* toLines(values) {
  for await (const value of values) yield `${JSON.stringify(value)}\n`
}

router.get('/', (_req, res) =>
  streamResponse(res, toLines(search(['eins', 'zwei', 'drei'])), { type: 'application/x-ndjson' }),
)
