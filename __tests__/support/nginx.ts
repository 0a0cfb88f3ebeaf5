import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** Starts nginx on the loopback interface, serving `root`, with nothing outside a directory of its own. */
export function startNginx(command: string, root: string): Promise<Nginx> {
  return start(command, () => ({ location: `root ${root};` }))
}

/** An upstream server of nginx: a port of the loopback interface, or the path of a Unix socket. */
export type Upstream = number | string

/**
 * Starts nginx as a proxy that caches every 200. It reads a body slowly enough to be in the middle of
 * a large one for minutes.
 *
 * @param protocol the version of HTTP it asks in; without it nginx's default, which is 1.0
 */
export function startProxy(command: string, upstream: Upstream, protocol?: '1.1'): Promise<Nginx> {
  const address = typeof upstream === 'number' ? `127.0.0.1:${upstream}` : `unix:${upstream}:`
  return start(command, (directory) => ({
    http: `proxy_cache_path ${join(directory, 'cache')} keys_zone=bodies:1m use_temp_path=off;`,
    location: `
      proxy_pass http://${address};
      ${protocol === undefined ? '' : `proxy_http_version ${protocol};`}
      proxy_limit_rate 8m;
      proxy_cache bodies; proxy_cache_valid 200 1h; proxy_ignore_headers Cache-Control;
      add_header X-Cache-Status $upstream_cache_status always;`,
  }))
}

/** Starts nginx as a proxy with its defaults, which buffer a response. */
export function startBufferingProxy(
  command: string,
  upstream: number,
  protocol?: '1.1',
): Promise<Nginx> {
  const version = protocol === undefined ? '' : `proxy_http_version ${protocol};`
  return start(command, () => ({ location: `proxy_pass http://127.0.0.1:${upstream}; ${version}` }))
}

/** Starts nginx as a proxy that compresses every response that is not encoded. */
export function startCompressingProxy(command: string, upstream: number): Promise<Nginx> {
  return start(command, () => ({
    http: 'gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1; gzip_vary on;',
    location: `proxy_pass http://127.0.0.1:${upstream}; proxy_http_version 1.1;`,
  }))
}

/**
 * Starts nginx with an example of docs/scaling.md, which names the app's port, its own and a directory.
 *
 * @param example the word that follows `# example:` in it
 * @param directory what takes the place of `/srv/private`
 */
export function startExample(
  command: string,
  example: string,
  upstream: number,
  directory = '/srv/private',
): Promise<Nginx> {
  return start(command, (_directory, port) => ({
    http: exampleOf(example)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${upstream}`)
      .replaceAll('listen 80;', `listen 127.0.0.1:${port};`)
      .replaceAll('/srv/private', directory),
  }))
}

function exampleOf(example: string): string {
  const text = readFileSync(join(__dirname, '../../docs/scaling.md'), 'utf8')
  const block = new RegExp(`\`\`\`nginx\n# example: ${example}\n([^\`]*)\`\`\``).exec(text)
  if (block?.[1] === undefined) throw new Error(`docs/scaling.md has no example ${example}`)
  return block[1]
}

interface Directives {
  readonly http?: string
  /** Without it, `http` has its own `server`. */
  readonly location?: string
}

async function start(
  command: string,
  directivesFor: (directory: string, port: number) => Directives,
): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'stream-files-nginx-'))
  const port = await freePort()
  const configuration = join(directory, 'nginx.conf')
  writeFileSync(configuration, configurationOf(directory, directivesFor(directory, port), port))
  const child = spawn(command, ['-e', 'stderr', '-p', directory, '-c', configuration], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilItListens(port, child)
  return {
    port,
    close: async () => {
      child.kill()
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function configurationOf(
  directory: string,
  { http = '', location }: Directives,
  port: number,
): string {
  const server = `server { listen 127.0.0.1:${port}; location / { ${location} } }`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join(' ')
  return `
    daemon off; master_process off; pid ${join(directory, 'pid')}; error_log stderr crit;
    events { worker_connections 64; }
    http {
      access_log off; ${temporary} ${http}
      ${location === undefined ? '' : server}
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
