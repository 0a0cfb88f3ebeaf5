import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtPackage } from '../support/built-package.js'
import { ask, disconnected, firstBytes } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { request } from '../support/raw-http.js'

const root = join(__dirname, '../..')
const poem = readFileSync(join(root, 'examples/site/poem.txt'))

let child: ChildProcess
let port = 0
let output = ''

interface Line {
  readonly msg: string
  readonly url: string
  readonly status: number
  readonly bytesSent: number
  readonly durationMs: number
  readonly err?: { readonly message: string }
}

// The examples use the package as everybody does, and so the built one.
beforeAll(async () => {
  builtPackage()
  child = spawn(process.execPath, ['examples/observability/serve.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: '0', NODE_ENV: 'test' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout?.on('data', (text) => {
    output += String(text)
  })
  await eventually(() => /localhost:\d+\n/.test(output))
  port = Number(/localhost:(\d+)/.exec(output)?.[1])
  await request(port, '/files/poem.txt')
  await request(port, '/broken')
  const socket = await ask(port, '/endless')
  await firstBytes(socket)
  await disconnected(socket, 'RST')
  await eventually(() => lines().length === 3)
}, 30_000)

afterAll(() => {
  child?.kill()
})

function lines(): Line[] {
  const logged = output.split('\n').filter((line) => line.startsWith('{'))
  return logged.map((line): Line => JSON.parse(line))
}

test('pino: one line for every response says how it ended', () => {
  expect(lines()).toMatchObject([
    { msg: 'response sent', url: '/files/poem.txt', status: 200, bytesSent: poem.length },
    { msg: 'response failed', url: '/broken', err: { message: 'The database is gone' } },
    { msg: 'client disconnected', url: '/endless', status: 200 },
  ])
  expect(lines().every(({ durationMs }) => durationMs > 0)).toBe(true)
})

test('prom-client: responses are counted by status and end', async () => {
  const text = (await request(port, '/metrics')).body.toString()
  for (const end of ['completed', 'failed', 'aborted']) {
    expect(text).toContain(`stream_response_duration_seconds_count{status="200",end="${end}"} 1\n`)
  }
  const [, bytes] = /stream_response_bytes_total (\d+)/.exec(text) ?? []
  expect(Number(bytes)).toBeGreaterThan(poem.length)
})

describe('OpenTelemetry', () => {
  test('every response has a span', async () => {
    const spans: unknown = JSON.parse((await request(port, '/spans')).body.toString())
    expect(spans).toMatchObject([
      {
        attributes: { 'url.path': '/files/poem.txt', 'stream.end': 'finish' },
        status: { code: 0 },
      },
      { attributes: { 'url.path': '/broken', 'stream.end': 'error' }, status: { code: 2 } },
      { attributes: { 'url.path': '/endless', 'stream.end': 'abort' }, status: { code: 0 } },
    ])
  })

  test('every response has a duration', async () => {
    const body = (await request(port, '/measurements')).body.toString()
    const [durations] = JSON.parse(body)
    expect(durations.dataPoints).toHaveLength(3)
    expect(durations.descriptor.unit).toBe('s')
  })
})
