// nginx in front of the server: with its defaults, and with HTTP/1.1 and connections kept open.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

const command = ['nginx', '/usr/sbin/nginx'].find((name) => spawnSync(name, ['-v']).status === 0)

/** Two proxies in one process, or none where nginx is not installed, and that is printed. */
export async function startProxies(upstream, directory) {
  if (command === undefined) {
    console.error('SKIPPED: no proxy, as nginx is not installed (scripts/install-nginx.sh)')
    return { proxies: [], stop: async () => {} }
  }
  const [plain, keepAlive] = [await freePort(), await freePort()]
  const prefix = join(directory, 'nginx')
  mkdirSync(prefix)
  const configuration = join(prefix, 'nginx.conf')
  writeFileSync(configuration, configurationOf(upstream, plain, keepAlive, prefix))
  const child = spawn(command, ['-e', 'stderr', '-p', prefix, '-c', configuration], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  await untilListening(keepAlive, child)
  return {
    proxies: [
      { port: plain, protocol: '1.0' },
      { port: keepAlive, protocol: '1.1' },
    ],
    stop: async () => {
      child.kill()
      await exited
    },
  }
}

function configurationOf(upstream, plain, keepAlive, prefix) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(prefix, name)};`)
    .join(' ')
  // Aborted bodies are what the soak is about: nginx need not log them.
  return `
    daemon off; master_process off; pid ${join(prefix, 'pid')}; error_log stderr crit;
    events { worker_connections 1024; }
    http {
      access_log off; ${temporary}
      upstream kept { server 127.0.0.1:${upstream}; keepalive 8; }
      server {
        listen 127.0.0.1:${plain};
        location / { proxy_pass http://127.0.0.1:${upstream}; }
      }
      server {
        listen 127.0.0.1:${keepAlive};
        location / {
          proxy_pass http://kept;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
        }
      }
    }`
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  return port
}

async function untilListening(port, child) {
  while (child.exitCode === null) {
    const isReached = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
    if (isReached) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`nginx ended with ${child.exitCode}`)
}
