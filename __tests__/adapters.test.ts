import type { RequestListener } from 'node:http'
import { createApp, eventHandler, fromNodeMiddleware, toNodeListener } from 'h3'
import Koa from 'koa'
import koaConnect from 'koa-connect'
import { streamFiles } from '../lib/index.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const directory = directoryOf({
  'file.txt': 'content',
  'failing.txt': '',
  'large.bin': Buffer.alloc(300_000),
})
afterAll(removeDirectories)

const files = streamFiles(directory, {
  setHeaders(_res, path) {
    if (path.endsWith('failing.txt')) throw new Error('out of order')
  },
})

function h3(): RequestListener {
  const app = createApp()
  app.use(fromNodeMiddleware(files))
  app.use(
    '/next',
    eventHandler(() => 'next'),
  )
  return toNodeListener(app)
}

function koa(): RequestListener {
  const app = new Koa({ env: 'test' })
  app.silent = true
  // Koa begins every response as a 404, and a status that was set is kept.
  app.use(async (ctx, next) => {
    ctx.status = 200
    await next()
    if (ctx.body === undefined) ctx.status = 404
  })
  app.use(koaConnect(files))
  app.use((ctx) => {
    if (ctx.path === '/next') ctx.body = 'next'
  })
  return app.callback()
}

test('the handler has the three parameters that adapters count', () => {
  expect(streamFiles(directory).length).toBe(3)
})

describe.each([
  ['h3', h3],
  ['koa-connect', koa],
])('in %s', (_name, listener) => {
  test.each([
    ['/file.txt', 7],
    ['/large.bin', 300_000],
  ])('serves %s', async (path, length) => {
    await withServer(listener(), async ({ port }) => {
      const { status, body, complete } = await request(port, path)
      expect([status, body.length, complete]).toEqual([200, length, true])
    })
  })

  test.each([
    ['/next', 200, 'next'],
    ['/missing.txt', 404, expect.any(String)],
    ['/failing.txt', 500, expect.not.stringContaining('out of order')],
  ])('calls next for %s', async (path, status, text) => {
    await withServer(listener(), async ({ port }) => {
      const response = await request(port, path)
      expect(response.status).toBe(status)
      expect(String(response.body)).toEqual(text)
    })
  })

  test('serves files cached, uncached, whole and in part on one connection', async () => {
    await withServer(listener(), async ({ url }) => {
      for (let time = 0; time < 3; time++) {
        expect(await (await fetch(`${url}/file.txt`)).text()).toBe('content')
        const part = await fetch(`${url}/large.bin`, { headers: { Range: 'bytes=0-9' } })
        expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10])
      }
    })
  })
})
