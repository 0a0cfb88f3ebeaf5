import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url))

/** The server that clients are measured against, and what they asked it for. */
export class Origin {
  #directory
  #options
  #child
  /** @type {{ id: number, method: string, path: string, range?: string, bytesSent: number }[]} */
  requests = []
  port = 0

  constructor(directory, options) {
    this.#directory = directory
    this.#options = JSON.stringify(options)
  }

  url(path) {
    return `http://127.0.0.1:${this.port}${path}`
  }

  /** Starts it, at the port that it had before, if any. */
  async start() {
    this.#child = fork(SERVER, [this.#directory, this.#options, String(this.port)])
    const [{ port }] = await once(this.#child, 'message')
    this.port = port
    const requests = []
    this.requests = requests
    this.#child.on('message', (message) => {
      requests[message.id] = { bytesSent: 0, ...requests[message.id], ...message }
    })
  }

  /** As the kernel ends a process that is out of memory: nothing is flushed, nothing is said. */
  async kill() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  async restart() {
    await this.kill()
    await this.start()
  }

  get bytesSent() {
    return this.requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0)
  }
}
