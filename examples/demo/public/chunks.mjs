import { action, bytes, duration, perFrame, show, showStatus } from './page.mjs'

/** Draws every read of a body: its time and its size. */
export function showChunks(panel) {
  const button = action(panel, 'start')
  const chart = panel.querySelector('.chart')
  const line = chart.querySelector('path')
  let abort

  button.addEventListener('click', async () => {
    if (abort !== undefined) return abort.abort()
    abort = new AbortController()
    button.textContent = 'Stop'
    showStatus(panel, '')
    const rate = panel.querySelector('select').value
    try {
      const reads = await receive(`transfers/chunks?rate=${rate}`, abort.signal)
      showStatus(panel, `All of it arrived, in ${reads} reads.`, 'good')
    } catch (error) {
      showStatus(panel, error.name === 'AbortError' ? 'Stopped.' : `${error.message}.`, 'bad')
    }
    abort = undefined
    button.textContent = 'Send the file'
  })

  async function receive(url, signal) {
    const startedAt = performance.now()
    const elapsed = () => performance.now() - startedAt
    const reads = { count: 0, total: 0, largest: 0, first: 0, last: 0, path: '' }
    const draw = perFrame(() => drawReads(reads))
    const response = await fetch(url, { signal })
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return reads.count
      reads.last = elapsed()
      if (reads.count === 0) reads.first = reads.last
      reads.count++
      reads.total += value.length
      reads.largest = Math.max(reads.largest, value.length)
      reads.path += `M${reads.last.toFixed(1)} 0V${-value.length}`
      draw()
    }
  }

  /** The chart is as wide as the time and as high as the largest read. */
  function drawReads({ count, total, largest, first, last, path }) {
    const height = largest * 1.1
    chart.setAttribute('viewBox', `${-last * 0.01} ${-height} ${last * 1.02} ${height}`)
    line.setAttribute('d', path)
    show(panel, {
      reads: count,
      bytes: bytes(total),
      first: duration(first),
      elapsed: duration(last),
      end: duration(last),
    })
  }
}
