// A span and a measured duration for every response of the process, by the diagnostics channels: the
// code that responds knows nothing of it, and no option has to be set.
import { subscribe } from 'node:diagnostics_channel'
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'

/** Call it once the application has registered its providers. */
export function instrument() {
  const tracer = trace.getTracer('express-stream-files')
  const durations = metrics
    .getMeter('express-stream-files')
    .createHistogram('http.server.response.stream.duration', { unit: 's' })
  const spans = new WeakMap()

  subscribe('express-stream-files:start', ({ req, res }) => {
    const attributes = { 'http.request.method': req.method, 'url.path': req.originalUrl ?? req.url }
    spans.set(res, tracer.startSpan('stream response', { attributes }))
  })

  for (const end of ['finish', 'abort', 'error']) {
    subscribe(`express-stream-files:${end}`, ({ res, outcome }) => {
      const attributes = { 'http.response.status_code': outcome.status, 'stream.end': end }
      durations.record(outcome.durationMs / 1000, attributes)
      const span = spans.get(res)
      if (span === undefined) return
      span.setAttributes({ ...attributes, 'http.response.body.size': outcome.bytesSent })
      if (outcome.error !== undefined) span.recordException(outcome.error)
      if (end === 'error') span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    })
  }
}
