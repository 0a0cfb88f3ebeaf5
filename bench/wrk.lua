-- Exact totals, where wrk's own summary is rounded to three digits.
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("TOTALS %d %d %d %d\n", summary.requests, summary.bytes, summary.duration,
    e.connect + e.read + e.write + e.timeout))
  io.write(string.format("P99 %d\n", latency:percentile(99)))
end
