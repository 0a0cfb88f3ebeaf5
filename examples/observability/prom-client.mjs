// Metrics for Prometheus: how many responses there were and how they ended, their bytes and durations.
import { Router } from 'express'
import { Counter, Histogram, register } from 'prom-client'

const bytes = new Counter({
  name: 'stream_response_bytes_total',
  help: 'Bytes of bodies that were handed to the connection',
})

const durations = new Histogram({
  name: 'stream_response_duration_seconds',
  help: 'How long responses took, and how they ended',
  labelNames: ['status', 'end'],
  buckets: [0.001, 0.01, 0.1, 1, 10, 60, 600],
})

/** For the option `onOutcome`. */
export function countOutcome({ status, bytesSent, durationMs, aborted, error }) {
  const end = aborted ? 'aborted' : error === undefined ? 'completed' : 'failed'
  bytes.inc(bytesSent)
  durations.observe({ status, end }, durationMs / 1000)
}

const router = Router()
export default router

router.get('/', async (_req, res) => {
  res.type(register.contentType).send(await register.metrics())
})
