const LONGEST = 20_000

/** Shows a log as it grows, and writes lines into it. */
export function showLog(panel) {
  const log = panel.querySelector('.log')
  const form = panel.querySelector('form')
  const { line } = form.elements

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    fetch('log', { method: 'POST', body: line.value || line.placeholder })
    line.value = ''
  })

  follow()

  async function follow() {
    const { body } = await fetch('log')
    const reader = body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
      log.textContent = (log.textContent + value).slice(-LONGEST)
      if (atEnd) log.scrollTop = log.scrollHeight
    }
  }
}
