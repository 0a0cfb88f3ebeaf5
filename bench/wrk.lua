-- Exact totals, where wrk's own summary is rounded to three digits.
done = function(summary)
  local e = summary.errors
  io.write(string.format("TOTALS %d %d %d %d\n", summary.requests, summary.bytes, summary.duration,
    e.connect + e.read + e.write + e.timeout))
end
