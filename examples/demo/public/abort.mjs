import { action, bytes, perFrame, show, showStatus } from './page.mjs'

const OUTCOME = ['status', 'bytesSent', 'completed', 'aborted', 'durationMs']

/** Aborts a transfer, and shows what the server reports of it. */
export function showAbort(panel, source) {
  const start = action(panel, 'start')
  const stop = action(panel, 'abort')
  const progress = panel.querySelector('progress')
  let controller
  let id

  start.addEventListener('click', async () => {
    controller = new AbortController()
    id = crypto.getRandomValues(new Uint32Array(1))[0]
    start.disabled = true
    stop.disabled = false
    stop.focus()
    showStatus(panel, '')
    show(panel, Object.fromEntries(OUTCOME.map((name) => [name, '–'])))
    try {
      await receive(`transfers/abort/${id}`, controller.signal)
    } catch (error) {
      if (error.name !== 'AbortError') showStatus(panel, `${error.message}.`, 'bad')
    }
    stop.disabled = true
    start.disabled = false
    start.focus()
  })

  stop.addEventListener('click', () => controller.abort())

  source.addEventListener('outcome', ({ data }) => {
    const reported = JSON.parse(data)
    if (reported.id !== String(id)) return
    const { outcome } = reported
    show(panel, Object.fromEntries(OUTCOME.map((name) => [name, outcome[name]])))
    show(panel, { durationMs: Math.round(outcome.durationMs) })
    showStatus(
      panel,
      outcome.aborted
        ? 'The server noticed, closed the file and went on.'
        : 'The transfer ended before it was aborted.',
      'good',
    )
  })

  async function receive(url, signal) {
    const response = await fetch(url, { signal })
    const length = Number(response.headers.get('Content-Length'))
    let received = 0
    const draw = perFrame(() => {
      progress.value = received / length
      show(panel, { received: bytes(received) })
    })
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) return
      received += value.length
      draw()
    }
  }
}
