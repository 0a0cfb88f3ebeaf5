import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A server of files in a process of its own. */
export interface ChildServer {
  readonly port: number
  readonly process: ChildProcess
  /** All it wrote to its output and its log. */
  output(): string
  /** How many descriptors it has. */
  descriptors(): Promise<number>
  memory(): Promise<{ rss: number; arrayBuffers: number }>
  /** Stops listening; the process goes when the last transfer is done. */
  close(): Promise<void>
}

/**
 * Starts `serve-files.cjs`; with `descriptorLimit` under that limit, `unprivileged` not as the
 * superuser (Linux and macOS), and with `socket` on a Unix socket of that path as well.
 */
export async function startChildServer(
  root: string,
  {
    descriptorLimit,
    socket = '',
    unprivileged = false,
  }: { descriptorLimit?: number; socket?: string; unprivileged?: boolean } = {},
): Promise<ChildServer> {
  const node = [process.execPath, '--expose-gc', join(__dirname, 'serve-files.cjs'), root, socket]
  const [command = '', ...parameters] =
    descriptorLimit === undefined
      ? node
      : ['/bin/sh', '-c', `ulimit -n ${descriptorLimit} && exec "$@"`, 'sh', ...node]
  const child = spawn(command, parameters, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, UNPRIVILEGED: unprivileged ? 'yes' : 'no' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += text
    })
  }
  child.once('exit', (code) => {
    output += code === 0 || code === null ? '' : `exit code ${code}`
  })
  const { port } = await reply(child, 'port', () => output)
  const ask = async (question: string) => {
    const received = reply(child, question, () => output)
    child.send(question)
    return (await received)[question]
  }
  return {
    port,
    process: child,
    output: () => output,
    descriptors: () => ask('descriptors'),
    memory: () => ask('memory'),
    close: () => ask('close'),
  }
}

async function reply(child: ChildProcess, question: string, output: () => string) {
  const over = new AbortController()
  const { signal } = over
  try {
    while (true) {
      const [message] = await Promise.race([
        once(child, 'message', { signal }),
        once(child, 'exit', { signal }).then(() => [undefined]),
      ])
      if (message === undefined) throw new Error(`The server went: ${output()}`)
      if (question in message) return message
    }
  } finally {
    over.abort()
  }
}
