// What is asked of a server: by wrk where throughput counts, by sockets of our own where it does not.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'

const totals = fileURLToPath(new URL('wrk.lua', import.meta.url))

/**
 * Loads a server for so many seconds; what it answered per second, its CPU time in seconds per byte and per request,
 * and the time in seconds within which 99 % of the responses were whole.
 */
export async function throughput(server, path, { connections, seconds, headers = {} }) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const cpuBefore = server.cpuSeconds()
  const output = await run('wrk', [
    ...[
      `-t${Math.min(connections, 2)}`,
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '20s',
      '-s',
      totals,
    ],
    ...fields,
    server.url + path,
  ])
  const cpu = server.cpuSeconds() - cpuBefore
  const [requests, bytes, microseconds, errors] = readTotals(output)
  if (errors > 0) throw new Error(`${errors} requests failed`)
  const elapsed = microseconds / 1e6
  const p99 = Number(/^P99 (\d+)$/m.exec(output)?.[1]) / 1e6
  return {
    requests: requests / elapsed,
    bytes: bytes / elapsed,
    cpuPerByte: cpu / bytes,
    cpuPerRequest: cpu / requests,
    p99,
  }
}

function readTotals(output) {
  const match = /^TOTALS (\d+) (\d+) (\d+) (\d+)$/m.exec(output)
  if (match === null) throw new Error(`wrk said: ${output.slice(0, 200)}`)
  return match.slice(1).map(Number)
}

/**
 * Sends so many requests and no more, by h2load, which `wrk` cannot: a comparison by turns of a fraction of a second
 * sees both servers on the same machine, even if that is a busier one a second later.
 */
export async function burst(server, path, { connections, requests, headers = {} }) {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const cpuBefore = server.cpuSeconds()
  const output = await run('h2load', [
    ...['--h1', '-t1', `-c${connections}`, `-n${requests}`],
    ...fields,
    server.url + path,
  ])
  const cpu = server.cpuSeconds() - cpuBefore
  const rate = Number(/, ([\d.]+) req\/s/.exec(output)?.[1])
  if (!output.includes(` ${requests} done`) || !(rate > 0)) {
    throw new Error(`h2load said: ${output.slice(-200)}`)
  }
  return { requests: rate, cpuPerRequest: cpu / requests }
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        output += bytes
      })
    }
    child.on('error', reject)
    child.on('close', () => resolve(output))
  })
}

/** One whole answer: its status, its fields, and its body's SHA-256 and length. */
export function fetchWhole(server, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = get(server.url + path, { headers, agent: false }, (res) => {
      const hash = createHash('sha256')
      let length = 0
      res.on('data', (bytes) => {
        hash.update(bytes)
        length += bytes.length
      })
      res.on('error', reject)
      res.on('end', () =>
        resolve({
          status: res.statusCode,
          headers: res.headers,
          length,
          sha256: hash.digest('hex'),
        }),
      )
    })
    request.setTimeout(30_000, () => request.destroy(new Error('no answer for 30 s')))
    request.on('error', reject)
  })
}

/**
 * The median time in milliseconds from the request to the first byte of the body. Every client leaves
 * then; the pause is for what the server still does for the one before.
 */
export async function firstByte(server, path, times) {
  const taken = []
  for (let turn = 0; turn < times; turn++) {
    taken.push(await oneFirstByte(server, path))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return median(taken)
}

function oneFirstByte(server, path) {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1')
    let head = ''
    let asked = 0
    socket.once('connect', () => {
      asked = performance.now()
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    })
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1', 0, 4096)
      const end = head.indexOf('\r\n\r\n')
      if (end === -1 || head.length <= end + 4) return
      resolve(performance.now() - asked)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

/** Opens connections that ask for a file and read next to nothing of it; returns what ends them. */
export async function stalledReaders(server, path, count) {
  const sockets = []
  for (let made = 0; made < count; made++) {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('connect', resolve))
    socket.pause()
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    sockets.push(socket)
  }
  return () => {
    for (const socket of sockets) socket.destroy()
  }
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
