import { bytes } from './page.mjs'

const SHOWN = 4

/** A video, the parts of it that are buffered, and the ranges that the server was asked for. */
export function showVideo(panel, source) {
  const video = panel.querySelector('video')
  const buffered = panel.querySelector('.buffered')
  const rows = panel.querySelector('tbody')

  // Not before the connection is open, so that the first request is seen too.
  source.addEventListener('open', () => video.setAttribute('src', 'video.webm'), { once: true })

  for (const button of panel.querySelectorAll('[data-seek]')) {
    button.addEventListener('click', () => {
      video.currentTime = Number(button.dataset.seek)
      video.play().catch(() => {})
    })
  }

  for (const event of ['progress', 'timeupdate', 'seeked', 'loadedmetadata']) {
    video.addEventListener(event, drawBuffered)
  }

  function drawBuffered() {
    const parts = Array.from({ length: video.buffered.length }, (_, index) => {
      const part = document.createElement('span')
      part.style.left = percent(video.buffered.start(index))
      part.style.right = percent(video.duration - video.buffered.end(index))
      return part
    })
    buffered.replaceChildren(...parts)
  }

  const percent = (time) => `${(time / video.duration) * 100}%`

  source.addEventListener('range', ({ data }) => {
    const { number, range, status, bytesSent, aborted } = JSON.parse(data)
    const row = rows.querySelector(`[data-number="${number}"]`) ?? addRow(number)
    const sent =
      status === undefined ? 'sending' : `${bytes(bytesSent)}${aborted ? ', aborted' : ''}`
    const cells = [range ?? 'none', status ?? '', sent].map((text) =>
      Object.assign(document.createElement('td'), { textContent: text }),
    )
    row.replaceChildren(...cells)
  })

  function addRow(number) {
    rows.querySelector('.empty')?.parentElement.remove()
    const row = document.createElement('tr')
    row.dataset.number = number
    rows.prepend(row)
    while (rows.children.length > SHOWN) rows.lastElementChild.remove()
    return row
  }
}
