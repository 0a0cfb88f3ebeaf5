// What the panels share.

/** Writes values into the elements of a panel that show them. */
export function show(panel, values) {
  for (const [name, value] of Object.entries(values)) {
    panel.querySelector(`[data-value="${name}"]`).textContent = String(value)
  }
}

/** Says how something ended. Screen readers read it aloud. */
export function showStatus(panel, text, kind = '') {
  const status = panel.querySelector('.status')
  status.textContent = text
  status.className = `status ${kind}`
}

export const action = (panel, name) => panel.querySelector(`[data-action="${name}"]`)

/** Redraws once per frame, however often it is called. */
export function perFrame(draw) {
  let pending = false
  return () => {
    if (pending) return
    pending = true
    requestAnimationFrame(() => {
      pending = false
      draw()
    })
  }
}

export function bytes(count) {
  if (count < 1000) return `${count} B`
  return count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`
}

export function duration(milliseconds) {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`
}
