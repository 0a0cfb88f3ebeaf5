import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where nginx is, which on Debian is not in everybody's PATH; `undefined` where it is not. */
export const nginxCommand = ['nginx', '/usr/sbin/nginx'].find(
  (command) => spawnSync(command, ['-v']).status === 0,
)

export interface Nginx {
  readonly port: number
  close(): Promise<void>
}

/** Starts nginx on the loopback interface, serving `root`, with nothing outside a folder of its own. */
export async function startNginx(command: string, root: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'stream-files-nginx-'))
  const port = await freePort()
  const configuration = join(folder, 'nginx.conf')
  writeFileSync(configuration, configurationOf(folder, root, port))
  const child = spawn(command, ['-e', 'stderr', '-p', folder, '-c', configuration], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilItListens(port, child)
  return {
    port,
    close: async () => {
      child.kill()
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configurationOf(folder: string, root: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ')
  return `
    daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr error;
    events { worker_connections 64; }
    http {
      access_log off; ${temporary}
      server { listen 127.0.0.1:${port}; location / { root ${root}; } }
    }`
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

async function untilItListens(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    if (await accepts(port)) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`nginx ended with ${child.exitCode}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
