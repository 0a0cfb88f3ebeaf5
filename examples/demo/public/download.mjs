import { action, bytes, duration, perFrame, show, showStatus } from './page.mjs'

/** Downloads a file with its progress, and compares its digest with the one that the server sent. */
export function showDownload(panel) {
  const button = action(panel, 'start')
  const progress = panel.querySelector('progress')

  button.addEventListener('click', async () => {
    button.disabled = true
    showStatus(panel, '')
    try {
      const { data, expected } = await download('transfers/download')
      await compareDigests(data, expected)
    } catch (error) {
      showStatus(panel, `${error.message}.`, 'bad')
    }
    button.disabled = false
    button.focus()
  })

  async function download(url) {
    const startedAt = performance.now()
    const response = await fetch(url)
    const length = Number(response.headers.get('Content-Length'))
    const data = new Uint8Array(length)
    let received = 0
    const draw = perFrame(() => drawProgress(received, length, performance.now() - startedAt))
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) return { data, expected: response.headers.get('Repr-Digest') }
      data.set(value, received)
      received += value.length
      draw()
    }
  }

  function drawProgress(received, length, elapsed) {
    progress.value = received / length
    const rate = (received / elapsed) * 1000
    show(panel, {
      percent: Math.floor((received / length) * 100),
      bytes: bytes(received),
      rate: `${bytes(Math.round(rate))}/s`,
      left: duration(((length - received) / rate) * 1000),
    })
  }

  async function compareDigests(data, expected) {
    // Browsers have it only on localhost and over HTTPS.
    if (crypto.subtle === undefined) return showStatus(panel, 'It arrived.', 'good')
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    const same = expected === `sha-256=:${btoa(String.fromCharCode(...digest))}:`
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const text = same ? 'is that of the server' : 'differs from that of the server'
    showStatus(panel, `The digest ${text}: sha256 ${hex}`, same ? 'good' : 'bad')
  }
}
