// Clients that speak HTTP/2, each over a connection of its own.
import { connect, constants } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { CHANGING } from './content.mjs'
import { countHang, counts, judge } from './judge.mjs'
import { everything, oneOf, ordinaryRequest, PATIENCE_MS, path, pause } from './requests.mjs'

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = constants
const RESET_CODES = [NGHTTP2_NO_ERROR, NGHTTP2_CANCEL]

/** One connection, and the streams on it. */
class Session {
  constructor(port) {
    this.socket = connectSocket(port, '127.0.0.1')
    this.session = connect(`http://127.0.0.1:${port}`, { createConnection: () => this.socket })
    this.session.on('error', () => {})
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.session.once('close', resolve))
    this.deadline = setTimeout(() => {
      this.hung = true
      this.session.destroy()
      this.socket.destroy()
    }, PATIENCE_MS)
  }

  ask(method, target, headers = {}) {
    counts.requests++
    counts.http2++
    const request = { ':method': method, ':path': target, ...headers }
    return new Stream(this.session.request(request), () => this.deadline.refresh())
  }

  async judge(stream, method, name, statuses) {
    const response = await stream.response()
    if (!this.hung) judge(response, method, name, statuses)
  }

  /** Closes the connection once its streams are over, and waits until the server has closed it too. */
  async done() {
    if (!this.session.destroyed) this.session.close()
    await this.closed
    clearTimeout(this.deadline)
    this.socket.destroy()
  }
}

/** One request, and what comes back. */
class Stream {
  #parts = []
  #headers

  constructor(stream, onData) {
    this.stream = stream
    this.onData = onData
    stream.on('error', () => {})
    stream.on('response', (headers) => {
      this.#headers = headers
    })
    this.ended = false
    stream.once('end', () => {
      this.ended = true
    })
    this.closed = new Promise((resolve) => stream.once('close', resolve))
    this.begun = new Promise((resolve) => {
      stream.once('readable', resolve)
      void this.closed.then(resolve)
    })
  }

  /** The response, or `undefined` where the stream ended before it did. */
  async response() {
    this.stream.on('data', (part) => {
      this.onData()
      this.#parts.push(part)
    })
    await this.closed
    if (!this.ended || this.stream.rstCode !== NGHTTP2_NO_ERROR) return undefined
    const { ':status': status, ...headers } = this.#headers ?? {}
    if (status === undefined) return undefined
    return { status, headers, body: Buffer.concat(this.#parts) }
  }

  reset() {
    counts.left++
    this.stream.close(oneOf(RESET_CODES))
    // After NO_ERROR, Node closes its end of the stream once what has arrived was read.
    this.stream.resume()
    return this.closed
  }
}

const visits = {
  async multiplexed(session) {
    const requests = Array.from({ length: 10 }, ordinaryRequest)
    await Promise.all(
      requests.map(async ([method, name, headers, statuses]) => {
        const stream = session.ask(method, path(name), headers)
        await session.judge(stream, method, name, statuses)
      }),
    )
  },
  async large(session) {
    await session.judge(session.ask('GET', path('big')), 'GET', 'big', [200])
  },
  /** Of files that change meanwhile; the other streams of the connection go on. */
  async slow(session) {
    const name = oneOf(CHANGING)
    const stream = session.ask('GET', path(name), oneOf([{}, { range: 'bytes=8000-' }]))
    await stream.begun
    await pause(100 + Math.random() * 900)
    await session.judge(stream, 'GET', name, [200, 206, 416])
    await goesOn(session)
  },
  async resetsStream(session) {
    const stream = session.ask('GET', path('big'))
    await stream.begun
    await stream.reset()
    await goesOn(session)
  },
  async resetsStreamAtOnce(session) {
    const stream = session.ask('GET', path(oneOf(everything)))
    await pause(Math.random() * 5)
    await stream.reset()
    await goesOn(session)
  },
  async resetsSomeOfMany(session) {
    const streams = Array.from({ length: 6 }, () => session.ask('GET', path('mid')))
    await streams[0].begun
    await Promise.all(
      streams.map((stream, index) =>
        index % 2 === 0 ? stream.reset() : session.judge(stream, 'GET', 'mid', [200]),
      ),
    )
  },
  async leavesByReset(session) {
    await session.ask('GET', path('big')).begun
    counts.left++
    session.socket.resetAndDestroy()
  },
  async leavesByGoodbye(session) {
    await session.ask('GET', path('big')).begun
    counts.left++
    session.session.destroy()
  },
  async stalls(session) {
    const stream = session.ask('GET', path('big'))
    await stream.begun
    await pause(1000 + Math.random() * 2000)
    await stream.reset()
  },
}

/** A connection that had a stream reset or aborted serves the next as before. */
async function goesOn(session) {
  if (session.session.destroyed) return
  await session.judge(session.ask('GET', path('sml')), 'GET', 'sml', [200])
}

const kinds = Object.values(visits)

export async function visitOverHttp2({ http2Port }) {
  const session = new Session(http2Port)
  const kind = oneOf(kinds)
  await kind(session)
  await session.done()
  if (session.hung) countHang(`HTTP/2 ${kind.name}`)
}
