import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { builtPackage } from '../support/built-package.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'

const run = promisify(execFile)
const root = join(__dirname, '../..')
const report = readFileSync(join(root, 'examples/streaming/data/report.csv'), 'utf8')

// The engine takes tens of MiB for new objects when it can; here memory is to be compared.
const SMALL_NURSERY = '--max-semi-space-size=2'

let child: ChildProcess
let url = ''
let port = 0

// The examples use the package as everybody does, and so the built one.
async function startExamples(): Promise<{ child: ChildProcess; url: string }> {
  const started = spawn(process.execPath, [SMALL_NURSERY, 'examples/streaming/serve.mjs'], {
    cwd: root,
    env: {
      ...process.env,
      TMPDIR: directoryOf({}),
      PORT: '0',
      HEARTBEAT_MS: '20',
      NODE_ENV: 'test',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await new Promise<string>((resolve, reject) => {
    started.stdout?.once('data', (line) => resolve(String(line).trim()))
    started.once('exit', (code) => reject(new Error(`The examples ended with ${code}`)))
  })
  return { child: started, url: address }
}

beforeAll(async () => {
  builtPackage()
  const started = await startExamples()
  child = started.child
  url = started.url
  port = Number(new URL(url).port)
})

afterAll(() => {
  child?.kill()
  removeDirectories()
})

const ask = (path: string, asked: Parameters<typeof request>[2] = {}) => request(port, path, asked)

/** Asks and reads as it comes, until `use` has what it wants. */
async function reading(path: string, use: (received: () => string) => Promise<unknown>) {
  const disconnected = new AbortController()
  const response = await fetch(`${url}${path}`, { signal: disconnected.signal })
  let text = ''
  const read = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString()
  })().catch(() => {})
  await use(() => text)
  disconnected.abort()
  await read
  return response
}

describe('StreamingResponse', () => {
  test.each(['seed', 'read-chunks'])('%s: a file in chunks, and 404 without one', async (route) => {
    const found = await ask(`/fastapi/${route}/report`)
    expect(found.status).toBe(200)
    expect(found.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(found.headers['transfer-encoding']).toBe('chunked')
    expect(found.body.toString()).toBe(report)
    const missing = await ask(`/fastapi/${route}/none`)
    expect(missing.status).toBe(404)
    expect(missing.headers['content-type']).toMatch('text/html')
    expect(missing.body.toString()).not.toContain('none.csv')
  })

  test.each(['content-async', 'content-sync'])('%s', async (route) => {
    const response = await ask(`/fastapi/${route}`)
    expect(response.body.toString()).toBe('3\n2\n1\n')
    expect(response.chunks).toEqual([2, 2, 2])
  })

  test('status-code, headers, media-type', async () => {
    expect((await ask('/fastapi/status-code')).status).toBe(202)
    const { headers } = await ask('/fastapi/headers')
    expect(headers).toMatchObject({ 'x-trace': 'abc', 'cache-control': 'no-store' })
    const html = await ask('/fastapi/media-type')
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8')
  })

  test('background', async () => {
    await ask('/fastapi/background')
    const { body } = await ask('/fastapi/finished')
    expect(JSON.parse(body.toString())).toEqual([{ completed: true, bytesSent: 4 }])
  })

  test('error', async () => {
    expect((await ask('/fastapi/error')).status).toBe(410)
  })

  test('disconnect', async () => {
    await reading('/fastapi/disconnect', (received) => eventually(() => received() !== ''))
    let left = ''
    for (let tries = 0; tries < 100 && left !== '["cleaned up"]'; tries++) {
      left = (await ask('/fastapi/left')).body.toString()
    }
    expect(left).toBe('["cleaned up"]')
  })
})

describe('FileResponse', () => {
  test('path', async () => {
    const response = await ask('/fastapi/path', { headers: ['Range: bytes=0-2'] })
    expect(response.status).toBe(206)
    expect(response.body.toString()).toBe('day')
    expect(response.headers.etag).toBeDefined()
    expect(response.headers['last-modified']).toBeDefined()
    expect((await ask('/fastapi/no-such-path')).status).toBe(404)
    const head = await ask('/fastapi/path', { method: 'HEAD' })
    expect(head.headers['content-length']).toBe(String(report.length))
  })

  test('user-path', async () => {
    expect((await ask('/fastapi/user-path?file=report.csv')).body.toString()).toBe(report)
    expect((await ask('/fastapi/user-path?file=../serve.mjs')).status).toBe(403)
  })

  test('filename and inline', async () => {
    const named = await ask('/fastapi/filename')
    expect(named.headers['content-disposition']).toMatch(
      /^attachment; .*filename\*=UTF-8''Z%C3%A4h/,
    )
    const inline = await ask('/fastapi/inline')
    expect(inline.headers['content-disposition']).toBe('inline; filename="r.csv"')
  })

  test('stat-result, chunk-size, content-length, etag', async () => {
    expect((await ask('/fastapi/stat-result')).body.toString()).toBe(report)
    const { chunks = [] } = await ask('/fastapi/chunk-size')
    expect(new Set(chunks.slice(0, -1))).toEqual(new Set([16]))
    const sized = await ask('/fastapi/content-length')
    expect(sized.headers['content-length']).toBe(String(report.length))
    const tagged = await ask('/fastapi/etag')
    expect(tagged.headers.etag).toMatch(/^"report-/)
    expect(tagged.headers['last-modified']).toBeUndefined()
  })
})

describe('recipes', () => {
  test('csv: a million rows in constant memory', async () => {
    const idle = await residentBytes()
    const response = await fetch(`${url}/csv`)
    // Who does not read gets no rows made: all of them take twice as much as is allowed here.
    let most = 0
    for (let sample = 0; sample < 20; sample++) {
      most = Math.max(most, await residentBytes())
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(most - idle).toBeLessThan(32 * 1024 * 1024)
    let lines = 0
    for await (const chunk of response.body ?? []) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
    }
    expect(lines).toBe(1_000_001)
  })

  test('events: with a heartbeat in between', async () => {
    const response = await reading('/events', async (received) => {
      await eventually(() => received().includes('\n\n:\n\n'))
      await ask('/events/publish')
      await eventually(() =>
        received().includes('event: price\ndata: {"symbol":"ABC","price":42}\n\n'),
      )
      expect(received()).toMatch(/^retry: 2000\n\n/)
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
  })

  test('feed: every listener gets every event, and one that reconnects what it missed', async () => {
    await reading('/feed', (one) =>
      reading('/feed', async (other) => {
        // The response opens after a second without an event, and so the listener waits.
        await eventually(() => one() === ':\n\n' && other() === ':\n\n')
        for (const text of ['a', 'b']) await ask(`/feed/publish/${text}`)
        await eventually(() =>
          [one(), other()].every((text) => text.includes('id: 2\ndata: b\n\n')),
        )
      }),
    )
    for (let count = 0; count < 99; count++) await ask('/feed/publish/more')
    const after = async (id: number) => {
      const abort = new AbortController()
      const { body } = await fetch(`${url}/feed`, {
        headers: { 'Last-Event-ID': String(id) },
        signal: abort.signal,
      })
      let text = ''
      for await (const chunk of body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString()
        if (text.includes('id: 101\n')) break
      }
      abort.abort()
      return text
    }
    expect(await after(1)).toMatch(/^id: 2\ndata: b\n\nid: 3\n/)
    expect(await after(0)).toMatch(/^event: gap\ndata: {"from":1,"to":1}\n\nid: 2\n/)
  })

  test('ndjson', async () => {
    const { body, chunks, headers } = await ask('/ndjson')
    const values = body
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(values.map(({ word }) => word)).toEqual(['eins', 'zwei', 'drei'])
    expect(chunks).toHaveLength(3)
    expect(headers['content-type']).toBe('application/jsonl')
    expect(JSON.parse((await ask('/ndjson/array')).body.toString())).toEqual(values)
  })

  test('zip', async () => {
    const { body, complete, headers } = await ask('/zip')
    expect(complete).toBe(true)
    expect(headers['content-disposition']).toBe('attachment; filename=data.zip')
    expect(entriesOf(body).get('report.csv')).toBe(report)
    expect((await ask('/zip/broken')).complete).toBe(false)
  })

  test('proxy', async () => {
    const { body, headers, status } = await ask('/proxy/fastapi/path')
    expect(status).toBe(200)
    expect(body.toString()).toBe(report)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect((await ask('/proxy/fastapi/error')).status).toBe(410)
  })

  test('tokens', async () => {
    const { body, chunks, complete } = await ask('/tokens')
    expect(complete).toBe(true)
    expect(body.toString()).toBe('Why not? 😀')
    expect(chunks).toHaveLength(4)
    expect((await ask('/tokens?prompt=too+much')).status).toBe(429)
    const usage: unknown = JSON.parse((await ask('/tokens/usage')).body.toString())
    expect(usage).toContainEqual({ bytesSent: 13, completed: true })
  })

  test('log', async () => {
    await reading('/log', async (received) => {
      await eventually(() => received() === 'started\n')
      await ask('/log/write')
      await eventually(() => received() === 'started\nsomebody was here\n')
    })
  })

  test('template', async () => {
    const { body, headers } = await ask('/template/%3CAnna%3E')
    expect(body.toString()).toContain('<p>Hello &#60;Anna&#62;!</p>')
    const headersOfNext = [`If-None-Match: ${headers.etag}`]
    expect((await ask('/template/%3CAnna%3E', { headers: headersOfNext })).status).toBe(304)
    expect((await ask('/template/Bert', { headers: headersOfNext })).status).toBe(200)
  })
})

describe('what other libraries have', () => {
  const text = async (path: string, asked = {}) =>
    (await ask(`/sse/${path}`, asked)).body.toString()

  test('FastAPI', async () => {
    const all = 'data: {"name":"Plumbus"}\n\ndata: {"name":"Portal Gun"}\n\n'
    expect(await text('fastapi/items')).toBe(all)
    expect(await text('fastapi/server-sent-event')).toBe(
      ': starting\nretry: 5000\n\nevent: item\nid: 1\ndata: {"name":"Plumbus"}\n\n' +
        'event: done\ndata: [DONE]\n\n',
    )
    expect(await text('fastapi/last-event-id', { headers: ['Last-Event-ID: 0'] })).toBe(
      'id: 1\ndata: {"name":"Portal Gun"}\n\n',
    )
    expect(await text('fastapi/post', { method: 'POST' })).toBe(
      'data: one token\n\ndata: another token\n\n',
    )
    expect(await text('fastapi/json-lines')).toBe('{"name":"Plumbus"}\n{"name":"Portal Gun"}\n')
  })

  test('sse-starlette', async () => {
    const { body, headers } = await ask('/sse/sse-starlette/arguments')
    expect(body.toString()).toBe('data: a\n\n')
    expect(headers['cache-control']).toBe('no-cache')
    await ask('/sse/sse-starlette/background')
    expect(JSON.parse(await text('sse-starlette/closed'))).toEqual([
      { completed: true, aborted: false },
    ])
  })

  test('Hono', async () => {
    expect(await text('hono/stream-sse')).toMatch(
      /^event: time-update\nid: 0\ndata: It is 0\n\n[\s\S]*It is 2\n\n$/,
    )
    await reading('/sse/hono/on-abort', (received) => eventually(() => received() !== ''))
    await eventually(async () => (await text('hono/aborts')) === '["aborted"]')
  })

  test('better-sse', async () => {
    expect(await text('better-sse/iterate')).toBe('data: a\n\ndata: b\n\n')
    expect(await text('better-sse/stream')).toBe('data: a\n\ndata: b\n\n')
    await reading('/sse/better-sse/channel', async (received) => {
      await eventually(() => received() === 'event: registered\n\n')
      await text('better-sse/broadcast')
      await eventually(() =>
        received().endsWith('event: greeting\ndata: {"hello":"everybody"}\n\n'),
      )
    })
  })
})

test('SIGTERM ends the streams of events whole, and then the process', async () => {
  const own = await startExamples()
  const response = await fetch(`${own.url}/shutdown`)
  const exited = once(own.child, 'exit')
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    own.child.kill('SIGTERM')
  }
  expect(text).toBe('data: open\n\n')
  expect(await exited).toEqual([0, null])
})

/** What the examples' process has in memory; 0 where there is no `ps`. */
async function residentBytes(): Promise<number> {
  const output = await run('ps', ['-o', 'rss=', '-p', String(child.pid)]).catch(() => undefined)
  return output === undefined ? 0 : Number(output.stdout) * 1024
}

/** The files of a ZIP by their central directory, as any program reads them. */
function entriesOf(zip: Buffer): Map<string, string> {
  const entries = new Map<string, string>()
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let place = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const size = zip.readUInt32LE(place + 20)
    const nameLength = zip.readUInt16LE(place + 28)
    const name = zip.toString('utf8', place + 46, place + 46 + nameLength)
    const header = zip.readUInt32LE(place + 42)
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
    entries.set(name, inflateRawSync(zip.subarray(start, start + size)).toString())
    place += 46 + nameLength + zip.readUInt16LE(place + 30) + zip.readUInt16LE(place + 32)
  }
  return entries
}
