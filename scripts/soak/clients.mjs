// Clients of every kind: <port> <seconds> <how many at a time>. Tells what happened to them.
import { connect } from 'node:net'
import { CHANGING, CONSTANT, isOfOneVersion } from './content.mjs'
import { ResponseReader } from './response.mjs'

const [, , port, seconds, abreast] = process.argv.map(Number)

// No answer is that slow; a visit that is not over by then hangs.
const PATIENCE_MS = 5000

const counts = {
  visits: 0,
  requests: 0,
  whole: 0,
  left: 0,
  cutOff: 0,
  refused: 0,
  hung: 0,
  lies: 0,
}
const lies = new Set()

const oneOf = (list) => list[Math.floor(Math.random() * list.length)]
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const path = (name) => `/${oneOf(['files', 'one'])}/${name}`

/** One connection, and what comes over it. */
class Connection {
  constructor() {
    this.reader = new ResponseReader()
    this.begun = false
    this.closed = false
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('data', (part) => {
      this.begun = true
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

  ask(method, target, headers = [], version = '1.1') {
    counts.requests++
    const lines = [`${method} ${target} HTTP/${version}`, 'Host: localhost', ...headers]
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`)
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
  if (connection.hung) {
    counts.hung++
    return false
  }
  if (response === undefined) {
    counts.cutOff++
    return false
  }
  if (response.status >= 500) {
    counts.refused++
    return true
  }
  const problem = problemOf(response, method, name, statuses)
  if (problem === undefined) {
    counts.whole++
    return true
  }
  counts.lies++
  lies.add(problem)
  return false
}

function problemOf({ status, headers, body }, method, name, statuses) {
  if (!statuses.includes(status)) return `${status} and not ${statuses.join(' or ')} to ${name}`
  if (method === 'HEAD' || status === 304 || status >= 400) return undefined
  if (/^multipart/.test(headers['content-type'] ?? '')) return undefined
  if (!isOfOneVersion(body, name)) return `a body that is not one version of ${name}`
  if (status === 200 && name in CONSTANT && body.length !== CONSTANT[name]) {
    return `${body.length} bytes of ${name}, whole as it seemed`
  }
  return undefined
}

const everything = [...Object.keys(CONSTANT), ...CHANGING]

const visits = {
  async keepAlive(connection) {
    for (let request = 0; request < 10; request++) {
      const [method, name, headers, statuses] = oneOf([
        ['GET', 'sml', [], [200]],
        ['GET', 'mid', [], [200]],
        ['GET', 'mid', ['Range: bytes=8000-159999'], [206]],
        ['GET', 'mid', ['Range: bytes=0-7,80000-80007'], [206, 200]],
        ['GET', 'mid', ['Range: bytes=999999999-'], [416]],
        ['GET', 'sml', ['If-None-Match: *'], [304]],
        ['GET', 'sml', ['If-Match: "no"'], [412]],
        ['HEAD', 'big', [], [200]],
        ['GET', 'nothing', [], [404]],
      ])
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
    connection.ask('GET', path(name), oneOf([[], ['Range: bytes=8000-']]))
    await connection.firstBytes()
    await pause(100 + Math.random() * 900)
    if (!(await judge(connection, 'GET', name, [200, 206, 416]))) return
    connection.ask('GET', path('sml'))
    await judge(connection, 'GET', 'sml', [200])
  },
  /** The end of the connection is the end of the body, so only a reset says that it is none. */
  async oldClient(connection) {
    const name = oneOf(everything)
    connection.ask('GET', path(name), [], '1.0')
    await connection.firstBytes()
    await pause(Math.random() * 300)
    await judge(connection, 'GET', name, [200])
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
    if (connection.hung) counts.hung++
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

const kinds = Object.values(visits)
const end = Date.now() + seconds * 1000

async function keepVisiting() {
  while (Date.now() < end) {
    counts.visits++
    const connection = new Connection()
    await oneOf(kinds)(connection)
    connection.done()
  }
}

await Promise.all(Array.from({ length: abreast }, keepVisiting))
process.send?.({ ...counts, examples: [...lies].slice(0, 5) })
process.disconnect()
