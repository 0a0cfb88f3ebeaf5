import { action, bytes, duration, showStatus } from './page.mjs'

const SHOWN = 40

/** Connects to the events of the server and lists them. The other panels listen to the same source. */
export function connectEvents(panel) {
  const list = panel.querySelector('.list')
  const state = panel.querySelector('.state')
  const source = new EventSource('events')
  let latest = 0
  let closedAt
  let missedUntil = 0

  source.addEventListener('open', () => setState('open'))
  source.addEventListener('error', () => {
    closedAt ??= latest
    setState('reconnecting')
  })

  source.addEventListener('connected', ({ data }) => {
    const { lastEventId } = JSON.parse(data)
    if (lastEventId === null) return
    add('', `reconnected with Last-Event-ID: ${lastEventId}`, 'note')
    missedUntil = performance.now() + 500
  })

  for (const type of ['status', 'range', 'outcome']) {
    source.addEventListener(type, ({ data, lastEventId }) => {
      latest = Number(lastEventId)
      const missed = performance.now() < missedUntil
      add(latest, describe(type, JSON.parse(data)), missed ? 'missed' : '')
      if (closedAt === undefined) return
      const text = `Nothing was lost: event ${latest} follows event ${closedAt}.`
      showStatus(
        panel,
        latest === closedAt + 1 ? text : 'Events were lost.',
        latest === closedAt + 1 ? 'good' : 'bad',
      )
      closedAt = undefined
    })
  }

  action(panel, 'close').addEventListener('click', () => {
    showStatus(panel, '')
    fetch('events/close', { method: 'POST' })
  })

  function setState(name) {
    state.dataset.state = name
    state.textContent = name
  }

  function add(id, text, kind) {
    const item = document.createElement('li')
    item.className = kind
    for (const part of [id, text])
      item.append(Object.assign(document.createElement('span'), { textContent: part }))
    list.prepend(item)
    while (list.children.length > SHOWN) list.lastChild.remove()
  }

  return source
}

function describe(type, data) {
  if (type === 'status') {
    const { uptime, memory, clients } = data
    const values = { uptime: duration(uptime * 1000), memory: bytes(memory), clients }
    for (const [id, value] of Object.entries(values)) {
      document.getElementById(id).textContent = String(value)
    }
    return `status: up ${values.uptime}, ${values.memory}`
  }
  if (type === 'range')
    return `range: ${data.range ?? 'none'}${data.status ? `, ${data.status}` : ''}`
  return `outcome: ${data.outcome.aborted ? 'aborted' : 'completed'}`
}
