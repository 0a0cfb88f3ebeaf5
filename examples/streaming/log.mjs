// A log as it is written, like tail -f: curl -N http://localhost:3000/log
import { appendFile, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

const log = join(await mkdtemp(join(tmpdir(), 'stream-log-')), 'app.log')
await writeFile(log, 'started\n')

router.get('/', (_req, res) =>
  streamResponse(res, log, { follow: true, followIdle: 60_000, type: 'txt' }),
)

router.get('/write', async (_req, res) => {
  await appendFile(log, 'somebody was here\n')
  res.sendStatus(204)
})
