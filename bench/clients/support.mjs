// What the measurements share: running a program, waiting for what it does, and saying what it did.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export const MIB = 1024 * 1024

const PATIENCE_MS = 60_000

export const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`

/** The first line a command prints that has a version in it; `undefined` without the command. */
export function versionOf(command, args) {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) return undefined
  return /\d+\.\d+(\.\d+)*/.exec(`${stdout}${stderr}`)?.[0]
}

/** Starts a program; `exited` resolves with its exit code and what it printed. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  const exited = once(child, 'close').then(([code]) => ({ code, output }))
  const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  void exited.finally(() => clearTimeout(deadline))
  return { child, exited, output: () => output }
}

export const run = (command, args, options) => start(command, args, options).exited

/** Waits until something is so. */
export async function until(isSo) {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It never became so: ${isSo}`)
    await sleep(5)
  }
}

export function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

export function isSame(path, original) {
  return sizeOf(path) > 0 && readFileSync(path).equals(readFileSync(original))
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  return port
}

export function untilListening(port) {
  return until(
    () =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1')
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
        socket.once('connect', () => socket.destroy())
      }),
  )
}

/**
 * One GET over HTTP/1.1 as any client makes it; never rejects.
 *
 * @returns {Promise<{ status: number, headers: Headers, body?: Buffer, failed?: boolean }>}
 */
export async function get(url, headers = {}) {
  try {
    const response = await fetch(url, { headers: { 'Accept-Encoding': 'identity', ...headers } })
    const { status } = response
    const fields = response.headers
    try {
      return { status, headers: fields, body: Buffer.from(await response.arrayBuffer()) }
    } catch {
      return { status, headers: fields, failed: true }
    }
  } catch {
    return { status: 0, headers: new Headers(), failed: true }
  }
}

/** How often each of these was seen, as in `whole (4 of 5), failure (1 of 5)`. */
export function tally(results) {
  const counts = new Map()
  for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1)
  if (counts.size === 1) return results[0]
  return [...counts].map(([text, count]) => `${text} (${count} of ${results.length})`).join('; ')
}

/** The results of doing something five times, one after the other. */
export async function fiveTimes(measure) {
  const results = []
  for (let time = 0; time < 5; time++) results.push(await measure(time))
  return tally(results)
}
