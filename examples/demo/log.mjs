// A log of the responses of the demo, followed like tail -f.
import { appendFile } from 'node:fs/promises'
import { Router, text } from 'express'
import { streamResponse } from 'express-stream-files'
import { logFile } from './sample-files.mjs'

const write = (line) => appendFile(logFile, `${new Date().toTimeString().slice(0, 8)} ${line}\n`)

/** Writes one line for a response, when it has ended. */
export function logOutcome({ method, originalUrl }, { status, bytesSent, aborted }) {
  return write(`${status} ${method} ${originalUrl} ${bytesSent}${aborted ? ' aborted' : ''}`)
}

export const log = Router()

log.get('/', (_req, res) => streamResponse(res, logFile, { follow: true, type: 'txt' }))

log.post('/', text({ limit: '1kb' }), async (req, res) => {
  await write(String(req.body).replace(/\s+/g, ' ').trim())
  res.sendStatus(204)
})
