// Clients that speak HTTP/1, to the server itself or through a proxy.
import { connect } from 'node:net'
import { CHANGING } from './content.mjs'
import { countHang, counts, judge as judgeResponse } from './judge.mjs'
import { everything, oneOf, ordinaryRequest, PATIENCE_MS, path, pause } from './requests.mjs'
import { ResponseReader } from './response.mjs'

/** One connection, and what comes over it. */
class Connection {
  constructor(port, isProxied) {
    this.isProxied = isProxied
    this.reader = new ResponseReader()
    this.begun = false
    this.closed = false
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (part) => {
      this.begun = true
      this.deadline.refresh()
      this.reader.push(part)
      this.onChange?.()
    })
    this.socket.on('error', () => {
      this.reset = true
    })
    this.socket.on('end', () => this.socket.end())
    this.socket.on('close', () => {
      this.closed = true
      this.onChange?.()
    })
    this.deadline = setTimeout(() => {
      this.hung = true
      this.socket.destroy()
    }, PATIENCE_MS)
  }

  ask(method, target, headers = {}, version = '1.1') {
    counts.requests++
    if (this.isProxied) counts.proxied++
    const fields = Object.entries({ Host: 'localhost', ...headers })
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
    this.socket.write(`${method} ${target} HTTP/${version}\r\n${lines.join('')}\r\n`)
  }

  changed() {
    return new Promise((resolve) => {
      this.onChange = () => resolve(undefined)
    })
  }

  async firstBytes() {
    while (!this.begun && !this.closed) await this.changed()
    this.socket.pause()
  }

  /** The next response, or `undefined` where the connection ended before it did. */
  async response(method) {
    this.socket.resume()
    while (true) {
      const response = this.reader.next(method, this.closed && !this.reset)
      if (response !== undefined || this.closed) return response
      await this.changed()
    }
  }

  done() {
    clearTimeout(this.deadline)
    this.socket.destroy()
  }
}

/** Reads a response and judges it; returns whether the next may follow. */
async function judge(connection, method, name, statuses) {
  const response = await connection.response(method)
  return !connection.hung && judgeResponse(response, method, name, statuses)
}

const visits = {
  async keepAlive(connection) {
    for (let request = 0; request < 10; request++) {
      const [method, name, headers, statuses] = ordinaryRequest()
      connection.ask(method, path(name), headers)
      if (!(await judge(connection, method, name, statuses))) return
    }
  },
  async pipelined(connection) {
    const names = Array.from({ length: 5 }, () => oneOf(['sml', 'mid', oneOf(CHANGING)]))
    for (const name of names) connection.ask('GET', path(name))
    for (const name of names) {
      if (!(await judge(connection, 'GET', name, [200]))) return
    }
  },
  async large(connection) {
    connection.ask('GET', path('big'))
    await judge(connection, 'GET', 'big', [200])
  },
  /** Of files that change meanwhile; what comes after on the connection must be in step. */
  async slow(connection) {
    const name = oneOf(CHANGING)
    connection.ask('GET', path(name), oneOf([{}, { range: 'bytes=8000-' }]))
    await connection.firstBytes()
    await pause(100 + Math.random() * 900)
    if (!(await judge(connection, 'GET', name, [200, 206, 416]))) return
    connection.ask('GET', path('sml'))
    await judge(connection, 'GET', 'sml', [200])
  },
  async leavesByReset(connection) {
    connection.ask('GET', path('big'))
    await connection.firstBytes()
    counts.left++
    connection.socket.resetAndDestroy()
  },
  async leavesByGoodbye(connection) {
    connection.ask('GET', path('big'))
    await connection.firstBytes()
    counts.left++
    connection.socket.end()
    connection.socket.resume()
    while (!connection.closed) await connection.changed()
  },
  async leavesAtOnce(connection) {
    connection.ask('GET', path(oneOf(everything)))
    await pause(Math.random() * 5)
    counts.left++
    connection.socket.resetAndDestroy()
  },
  async stalls(connection) {
    connection.ask('GET', path('big'))
    await connection.firstBytes()
    await pause(1000 + Math.random() * 2000)
    counts.left++
    connection.socket.destroy()
  },
}

/** An HTTP/1.0 client knows from a length, or from a reset, that a body is not all of it. */
async function oldClient(connection) {
  const name = oneOf(everything)
  connection.ask('GET', path(name), {}, '1.0')
  await connection.firstBytes()
  await pause(Math.random() * 300)
  await judge(connection, 'GET', name, [200])
}

const kinds = Object.values(visits)

async function visit(port, isProxied, kind) {
  const connection = new Connection(port, isProxied)
  await kind(connection)
  connection.done()
  if (connection.hung) countHang(`HTTP/1 ${kind.name}${isProxied ? ' through nginx' : ''}`)
}

export const visitDirectly = ({ port }) => visit(port, false, oneOf([...kinds, oldClient]))

/**
 * Through a proxy. One that speaks HTTP/1.1 to the server has no length for an HTTP/1.0 client, and
 * closes the connection in the ordinary way where the body was aborted: no server can help that.
 */
export function visitThroughProxy({ proxies }) {
  const { port, protocol } = oneOf(proxies)
  return visit(port, true, oneOf(protocol === '1.0' ? [...kinds, oldClient] : kinds))
}
