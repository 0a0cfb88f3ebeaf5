// What nginx keeps back, and what it takes off the server's hands, by how it buffers.
import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { BIG } from './files.mjs'
import { startNginx } from './nginx.mjs'
import { get } from './support.mjs'

// What was not there by then is kept back: nothing else happens until it is asked for.
const PATIENCE_MS = 1500

const WAYS = [
  { example: 'proxy', query: '' },
  { example: 'proxy', query: '?unbuffered' },
  { example: 'unbuffered', query: '' },
]

export async function measureBuffering({ origin, scratch }) {
  const rows = []
  for (const protocol of ['1.0', '1.1']) {
    const events = []
    const stalls = []
    for (const { example, query } of WAYS) {
      await origin.restart()
      const nginx = await startNginx({ example, protocol, upstream: origin.port, scratch })
      const isSeen = await seesFirstEvent(nginx.url(`/events${query}`), origin)
      events.push(isSeen ? 'yes' : 'no')
      stalls.push((await isDoneWithStalled(nginx.url(`/${BIG}${query}`), origin)) ? 'yes' : 'no')
      await nginx.stop()
    }
    rows.push(
      [`HTTP/${protocol}`, 'Does an item arrive before the next is produced?', ...events],
      [`HTTP/${protocol}`, 'Is the server done with a client that stalls?', ...stalls],
    )
  }
  return rows
}

async function seesFirstEvent(url, origin) {
  let body = ''
  const asked = request(url).end()
  asked.on('response', (response) => {
    response.on('data', (text) => {
      body += text
    })
  })
  const response = once(asked, 'response')
  await sleep(PATIENCE_MS)
  const isSeen = body === 'data: first\n\n'
  await get(origin.url('/go-on'))
  const [whole] = await response
  if (!whole.readableEnded) await once(whole, 'end')
  if (body !== 'data: first\n\ndata: second\n\n') throw new Error(`The events were ${body}`)
  return isSeen
}

/** Whether all of a body was sent though its client reads nothing of it. */
async function isDoneWithStalled(url, origin) {
  const asked = request(url).end()
  await once(asked, 'response')
  await sleep(PATIENCE_MS)
  const isDone = origin.requests.some(({ completed }) => completed)
  asked.destroy()
  return isDone
}
