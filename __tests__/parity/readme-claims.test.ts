import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

afterAll(removeDirectories)

const serveFiles = { Express: express.static, 'this package': streamFiles }

test('several ranges: Express ignores them, this package sends both parts', async () => {
  const directory = directoryOf({ 'a.txt': '0123456789' })
  const statuses: Record<string, unknown> = {}
  for (const [name, serve] of Object.entries(serveFiles)) {
    const asked = { headers: ['Range: bytes=0-1,8-9'] }
    const app = express().use(serve(directory))
    const response = await withServer(app, ({ port }) => request(port, '/a.txt', asked))
    statuses[name] = [response.status, response.headers['content-type']?.split(';')[0]]
  }
  expect(statuses).toEqual({
    Express: [200, 'text/plain'],
    'this package': [206, 'multipart/byteranges'],
  })
})

test('two changes with one mtime: Express sends a stale 304, this package the new file', async () => {
  const statuses: Record<string, unknown> = {}
  for (const [name, serve] of Object.entries(serveFiles)) {
    const directory = directoryOf({})
    const app = express().use(serve(directory))
    const now = new Date()
    const write = (content: string) => {
      writeFileSync(join(directory, 'a.txt'), content)
      utimesSync(join(directory, 'a.txt'), now, now)
    }
    write('old')
    statuses[name] = await withServer(app, async ({ port }) => {
      const { headers } = await request(port, '/a.txt')
      write('new')
      const asked = { headers: [`If-None-Match: ${headers.etag}`] }
      const { status, body } = await request(port, '/a.txt', asked)
      return [status, String(body)]
    })
  }
  expect(statuses).toEqual({ Express: [304, ''], 'this package': [200, 'new'] })
})

test('a client that disconnects: a loop that waits for drain hangs, streamResponse ends', async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(64 * 1024)
  }
  const ended: string[] = []
  const closed: ServerResponse[] = []
  const app = express()
    .use((_req, res, next) => {
      res.on('close', () => closed.push(res))
      next()
    })
    .get('/loop', async (_req, res) => {
      for await (const item of endless()) {
        if (!res.write(item)) await once(res, 'drain')
        if (res.destroyed) break
      }
      ended.push('loop')
    })
    .get('/response', async (_req, res) => {
      await streamResponse(res, endless())
      ended.push('streamResponse')
    })
  await withServer(app, async ({ port }) => {
    for (const path of ['/loop', '/response']) {
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await once(socket, 'data')
      socket.destroy()
    }
    await eventually(() => closed.length === 2 && ended.includes('streamResponse'))
    for (let turn = 0; turn < 100; turn++) await nextTurn()
    expect(ended).toEqual(['streamResponse'])
    // Nobody else emits it: this shows what the loop was waiting for.
    for (const res of closed) res.emit('drain')
    await eventually(() => ended.includes('loop'))
  })
})
