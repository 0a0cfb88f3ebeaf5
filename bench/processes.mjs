// Starts the servers, each pinned and in a process of its own, and reads what they cost.
import { fork, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Two cores for the server and two for the load, where there are four and `taskset` to pin them. */
export const pinning =
  availableParallelism() >= 4 && capture('taskset', ['--version']) !== undefined
    ? { server: '0,1', load: '2,3' }
    : undefined

/** The first line that a command prints, or `undefined` where there is no such command. */
export function capture(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 })
  return status === 0 ? `${stdout}${stderr}`.trim().split('\n')[0] : undefined
}

/** Moves this process, and so what it starts, to the cores of the load generator. */
export function pinToLoadCores() {
  if (pinning) capture('taskset', ['-acp', pinning.load, String(process.pid)])
}

function pinToServerCores(child) {
  if (pinning) capture('taskset', ['-acp', pinning.server, String(child.pid)])
}

/** Starts one of the Node.js servers. */
export async function startNode(name, directory, script = here('server.mjs')) {
  const port = await freePort()
  const child = fork(script, [name, directory, String(port)], {
    // Pinned before the first thread of the pool is made.
    execPath: pinning ? 'taskset' : process.execPath,
    execArgv: pinning ? ['-c', pinning.server, process.execPath] : [],
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said = collect(child.stderr)
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error(lastLine(said()) || `${name} did not start`)))
  })
  return serverOf(name, port, child)
}

/** nginx as Debian has it: one worker, sendfile, nothing logged. */
export function startNginx(directory, scratch) {
  return runNginx(scratch, (port) => `server { listen 127.0.0.1:${port}; root ${directory}; }`)
}

/** nginx with an example of docs/scaling.md, and the server behind it, as one server. */
export async function startNginxInFront(example, app, directory, scratch) {
  const upstream = await startNode(app, directory)
  const servers = (port) =>
    scalingExample(example)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${upstream.port}`)
      .replaceAll('listen 80;', `listen 127.0.0.1:${port};`)
      .replaceAll('/srv/private', directory)
  try {
    return withUpstream(await runNginx(scratch, servers), upstream)
  } catch (error) {
    await upstream.stop()
    throw error
  }
}

function scalingExample(name) {
  const text = readFileSync(here('../docs/scaling.md'), 'utf8')
  const [, example] = new RegExp(`\`\`\`nginx\n# example: ${name}\n([^\`]*)`).exec(text) ?? []
  if (example === undefined) throw new Error(`docs/scaling.md has no example ${name}`)
  return example
}

function withUpstream(nginx, upstream) {
  return {
    ...nginx,
    cpuSeconds: () => nginx.cpuSeconds() + upstream.cpuSeconds(),
    memory: () => ({ now: nginx.memory().now + upstream.memory().now, peak: Number.NaN }),
    stop: () => Promise.all([nginx.stop(), upstream.stop()]),
  }
}

async function runNginx(scratch, servers) {
  const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync)
  if (program === undefined) throw new Error('nginx is not installed')
  const port = await freePort()
  const prefix = join(scratch, `nginx-${port}`)
  mkdirSync(prefix, { recursive: true })
  writeFileSync(join(prefix, 'nginx.conf'), nginxConfiguration(servers(port), prefix))
  const child = spawn(program, ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  pinToServerCores(child)
  const server = await listening('nginx', port, child)
  if (pinning)
    for (const pid of treeOf(child.pid)) capture('taskset', ['-acp', pinning.server, `${pid}`])
  return server
}

function nginxConfiguration(servers, prefix) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(prefix, name)};`)
    .join(' ')
  return `
worker_processes 1; daemon off; pid ${join(prefix, 'pid')};
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_rlimit_nofile 16384;
events { worker_connections 16384; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on; ${temporary}
  types { text/plain txt; } default_type application/octet-stream;
  ${servers}
}`
}

/** FastAPI under uvicorn with one worker. */
export async function startFastApi(directory, cwd = here('.')) {
  const python = ['/usr/bin/python3', 'python3'].find(
    (command) => capture(command, ['-c', 'import fastapi, uvicorn']) !== undefined,
  )
  if (python === undefined) throw new Error('python3-fastapi and python3-uvicorn are not installed')
  const port = await freePort()
  const child = spawn(
    python,
    ['-B', '-m', 'uvicorn', 'fastapi_app:app', '--port', `${port}`, '--no-access-log'],
    {
      cwd,
      env: { ...process.env, DIRECTORY: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  pinToServerCores(child)
  return listening('FastAPI', port, child)
}

async function listening(name, port, child) {
  const said = collect(child.stderr)
  const deadline = Date.now() + 10_000
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill()
      throw new Error(lastLine(said()) || `${name} did not start`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return serverOf(name, port, child)
}

function serverOf(name, port, child) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    /** Seconds of CPU taken so far, by all of its processes. */
    cpuSeconds: () => treeOf(child.pid).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
    /** Resident memory in bytes: of all of its processes now, and the most that the first ever had. */
    memory: () => ({
      now: treeOf(child.pid).reduce((sum, pid) => sum + memoryOf(pid, 'VmRSS'), 0),
      peak: memoryOf(child.pid, 'VmHWM'),
    }),
    stop: () => {
      child.kill()
      return ended
    },
  }
}

function treeOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean),
  )
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))]
}

/** In nanoseconds, by the scheduler: `/proc/<pid>/stat` counts hundredths of a second. */
function cpuSecondsOf(pid) {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9
}

function memoryOf(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s*(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true) ?? socket.destroy())
    socket.once('error', () => resolve(false))
  })
}

function collect(stream) {
  let text = ''
  stream.on('data', (bytes) => {
    text = (text + bytes).slice(-4000)
  })
  return () => text
}

function lastLine(text) {
  return (
    text
      .split('\n')
      .filter((line) => /error/i.test(line))
      .at(-1)
      ?.trim() ?? ''
  )
}
