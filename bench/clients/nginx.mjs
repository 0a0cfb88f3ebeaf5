// nginx with the configuration that docs/behind-a-proxy.md shows.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, start, untilListening } from './support.mjs'

const DOCUMENT = fileURLToPath(new URL('../../docs/behind-a-proxy.md', import.meta.url))

/** The examples of the document by the word that follows `# example:` in them. */
function examples() {
  const blocks = readFileSync(DOCUMENT, 'utf8').matchAll(/```nginx\n# example: (\S+)\n(.*?)```/gs)
  return new Map(Array.from(blocks, ([, name, text]) => [name, text]))
}

/** The lines of an example that make nginx speak HTTP/1.1; without them it speaks HTTP/1.0. */
const HTTP_1_1 = /^\s*proxy_(http_version|set_header Connection) .*\n/gm

/**
 * Starts nginx in front of a port. `protocol`: the version of HTTP that it speaks to that port.
 */
export async function startNginx({ example, protocol, upstream, scratch }) {
  const port = await freePort()
  const prefix = join(scratch, `nginx-${port}`)
  mkdirSync(prefix)
  const shown = examples().get(example) ?? ''
  const site = (protocol === '1.1' ? shown : shown.replaceAll(HTTP_1_1, ''))
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${upstream}`)
    .replaceAll('listen 80;', `listen 127.0.0.1:${port};`)
    .replaceAll('/var/cache/nginx/app', join(prefix, 'cache'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(prefix, name)};`)
    .join(' ')
  const configuration = join(prefix, 'nginx.conf')
  writeFileSync(
    configuration,
    `daemon off; worker_processes 1; pid ${join(prefix, 'pid')};
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events { worker_connections 256; }
    http { access_log off; ${temporary} ${site} }`,
  )
  const nginx = start(nginxCommand, ['-e', 'stderr', '-p', prefix, '-c', configuration], {
    timeout: 120_000,
  })
  void nginx.exited.then(({ code, output }) => code && console.error(output))
  await untilListening(port)
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    stop: async () => {
      nginx.child.kill()
      await nginx.exited
    },
  }
}

export const nginxCommand = process.env.PATH?.includes('/usr/sbin') ? 'nginx' : '/usr/sbin/nginx'
