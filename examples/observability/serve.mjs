// Serves a directory with a log, metrics and spans: node examples/observability/serve.mjs, on PORT or 3000.
import { metrics, trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import express from 'express'
import { streamFiles, streamResponse } from 'express-stream-files'
import { instrument } from './opentelemetry.mjs'
import { logOutcome } from './pino.mjs'
import prometheus, { countOutcome } from './prom-client.mjs'

// A real application exports to a collector. These keep it, for GET /spans and GET /measurements.
const spans = new InMemorySpanExporter()
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
)
const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: measurements })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
instrument()

function onOutcome(outcome, req) {
  logOutcome(outcome, req)
  countOutcome(outcome)
}

async function* brokenRows() {
  yield 'first row\n'
  await new Promise((resolve) => setImmediate(resolve))
  throw new Error('The database is gone')
}

async function* endlessRows() {
  while (true) {
    yield 'row\n'
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const app = express()
app.use('/files', streamFiles('examples/site', { onOutcome }))
app.get('/broken', (_req, res) => streamResponse(res, brokenRows(), { onOutcome }))
app.get('/endless', (_req, res) => streamResponse(res, endlessRows(), { onOutcome }))
app.use('/metrics', prometheus)
app.get('/spans', (_req, res) => {
  const shown = spans.getFinishedSpans()
  res.json(shown.map(({ name, attributes, status }) => ({ name, attributes, status })))
})
app.get('/measurements', async (_req, res) => {
  await reader.forceFlush()
  const [{ scopeMetrics }] = measurements.getMetrics().slice(-1)
  res.json(scopeMetrics.flatMap(({ metrics }) => metrics))
})

const server = app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`http://localhost:${port}`)
})
