import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtPackage } from '../support/built-package.js'
import { eventually } from '../support/eventually.js'
import { age, directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { nginxCommand, startExample } from '../support/nginx.js'
import { type RawResponse, request } from '../support/raw-http.js'

const WORKERS = 3
const large = patternOf(1_000_000)
const content = { 'a.txt': 'the same everywhere', 'large.bin': large }
const directory = directoryOf(content)

interface Cluster {
  readonly port: number
  readonly process: ChildProcess
  close(): Promise<void>
}

// The example uses the package as everybody does, and so the built one.
async function startCluster(served: string, workers: number): Promise<Cluster> {
  const child = spawn(process.execPath, ['examples/cluster/serve.mjs', served], {
    cwd: join(__dirname, '../..'),
    env: { ...process.env, PORT: '0', WORKERS: String(workers), NODE_ENV: 'test' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve(String(line).trim()))
    child.once('exit', (code) => reject(new Error(`The cluster ended with ${code}`)))
  })
  return {
    port: Number(new URL(address).port),
    process: child,
    close: async () => {
      child.kill()
      await exited
    },
  }
}

let cluster: Cluster

beforeAll(async () => {
  builtPackage()
  cluster = await startCluster(directory, WORKERS)
})

afterAll(async () => {
  await cluster.close()
  removeDirectories()
})

/** One response from each worker, by its process id. */
async function fromEachWorker(
  port: number,
  target: string,
  headers: readonly string[] = [],
): Promise<Map<string, RawResponse>> {
  const responses = new Map<string, RawResponse>()
  await eventually(async () => {
    const response = await request(port, target, { headers })
    responses.set(response.headers['x-worker'] ?? '', response)
    return responses.size === WORKERS
  })
  return responses
}

const distinct = (responses: Map<string, RawResponse>, name: string) => [
  ...new Set([...responses.values()].map(({ headers }) => headers[name])),
]

test('every process has the same validators, and each accepts those of the others', async () => {
  const responses = await fromEachWorker(cluster.port, '/large.bin')
  const [etag, second] = distinct(responses, 'etag')
  expect([etag, second]).toEqual([expect.stringMatching(/^"/), undefined])
  expect(distinct(responses, 'last-modified')).toEqual(['Thu, 29 Feb 2024 12:34:56 GMT'])
  const conditional = await fromEachWorker(cluster.port, '/large.bin', [`If-None-Match: ${etag}`])
  expect([...conditional.values()].map(({ status }) => status)).toEqual([304, 304, 304])
  const ranges = ['Range: bytes=5-9', `If-Range: ${etag}`]
  const partial = await fromEachWorker(cluster.port, '/large.bin', ranges)
  for (const { status, body } of partial.values()) {
    expect([status, body.equals(large.subarray(5, 10))]).toEqual([206, true])
  }
})

test('and so has another host whose files have the same mtimes', async () => {
  const copy = join(directoryOf({}), 'copy')
  // With the nanoseconds, as rsync has them too.
  execFileSync('cp', ['-a', directory, copy])
  const other = await startCluster(copy, 1)
  try {
    const [here, there] = await Promise.all(
      [cluster.port, other.port].map((port) => request(port, '/a.txt')),
    )
    expect(there?.headers.etag).toBe(here?.headers.etag)
    expect(there?.headers['last-modified']).toBe(here?.headers['last-modified'])
  } finally {
    await other.close()
  }
})

test('tags of the content are the same where the mtimes are not', async () => {
  const copy = directoryOf(content)
  for (const name of Object.keys(content)) age(join(copy, name), new Date('2025-06-07T08:09:10Z'))
  const other = await startCluster(copy, 1)
  try {
    for (const name of ['a.txt', 'large.bin']) {
      const [here, there] = await Promise.all(
        [cluster.port, other.port].map((port) => request(port, `/hashed/${name}`)),
      )
      expect(there?.headers.etag).toBe(here?.headers.etag)
      expect(there?.headers).not.toHaveProperty('last-modified')
      const byTime = await request(other.port, `/${name}`)
      expect(byTime.headers.etag).not.toBe((await request(cluster.port, `/${name}`)).headers.etag)
    }
    const before = await request(other.port, '/hashed/a.txt')
    appendFileSync(join(copy, 'a.txt'), ', until now')
    const after = await request(other.port, '/hashed/a.txt')
    expect(after.body.toString()).toBe('the same everywhere, until now')
    expect(after.headers.etag).not.toBe(before.headers.etag)
  } finally {
    await other.close()
  }
})

test('a worker that crashes is replaced', async () => {
  const [victim = ''] = (await fromEachWorker(cluster.port, '/a.txt')).keys()
  process.kill(Number(victim), 'SIGKILL')
  await eventually(() => !isRunning(Number(victim)))
  const workers = await fromEachWorker(cluster.port, '/a.txt')
  expect([...workers.keys()]).not.toContain(victim)
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const testWithNginx = nginxCommand === undefined ? test.skip : test

testWithNginx('nginx in front has the bytes and validators of every worker', async () => {
  const nginx = await startExample(nginxCommand ?? '', 'processes', cluster.port)
  try {
    const direct = await request(cluster.port, '/large.bin')
    const responses = await Promise.all(
      Array.from({ length: 30 }, () => request(nginx.port, '/large.bin')),
    )
    for (const { status, headers, body } of responses) {
      expect([status, headers.etag, body.equals(large)]).toEqual([200, direct.headers.etag, true])
    }
    const conditional = [`If-None-Match: ${direct.headers.etag}`]
    expect((await request(nginx.port, '/large.bin', { headers: conditional })).status).toBe(304)
  } finally {
    await nginx.close()
  }
})

test('SIGTERM ends all processes', async () => {
  const own = await startCluster(directory, 2)
  const exited = once(own.process, 'exit')
  own.process.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})
