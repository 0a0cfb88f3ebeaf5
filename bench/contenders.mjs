// Every server that is compared: each is started in a process of its own by server.mjs.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const CHUNK = 64 * 1024
const BLOCK = 1024 * 1024

const load = {
  express: async () => (await import('express')).default,
  ours: () => import('../dist/index.js').then((module) => module.default ?? module),
}

/** Name to a function that starts it: `(directory, port) => server or promise`. */
export const contenders = {
  ours: async (directory, port) => {
    const express = await load.express()
    const { streamFiles } = await load.ours()
    return express().use(streamFiles(directory)).listen(port, '127.0.0.1')
  },
  'ours, precompressed': (directory, port) => oursWith({ precompressed: true }, directory, port),
  'ours, generators': async (_folder, port) => {
    const express = await load.express()
    const { streamResponse } = await load.ours()
    return express()
      .get('/async-generator', (_req, res) => streamResponse(res, asyncItems()))
      .get('/sync-generator', (_req, res) => streamResponse(res, items()))
      .listen(port, '127.0.0.1')
  },
  'ours, bare node:http': async (directory, port) => {
    const { streamFiles } = await load.ours()
    return createServer(streamFiles(directory)).listen(port, '127.0.0.1')
  },
  'ours, in front of Express': async (directory, port) => {
    const express = await load.express()
    const { beforeExpress, streamFiles } = await load.ours()
    return createServer(beforeExpress(streamFiles(directory), express())).listen(port, '127.0.0.1')
  },
  'ours, several processes': async (directory, port) => {
    cluster.setupPrimary({ args: ['ours', directory, String(port)] })
    const workers = Array.from({ length: availableParallelism() }, () => cluster.fork())
    await Promise.all(workers.map((worker) => once(worker, 'listening')))
  },
  'ours, offload': (directory, port) =>
    oursWith({ offload: { header: 'X-Accel-Redirect', prefix: '/_files/' } }, directory, port),
  'express.static': async (directory, port) => {
    const express = await load.express()
    return express().use(express.static(directory)).listen(port, '127.0.0.1')
  },
  sirv: async (directory, port) => {
    const express = await load.express()
    const { default: sirv } = await import('sirv')
    return express()
      .use(sirv(directory, { etag: true }))
      .listen(port, '127.0.0.1')
  },
  'sirv, precompressed': async (directory, port) => {
    const express = await load.express()
    const { default: sirv } = await import('sirv')
    return express()
      .use(sirv(directory, { brotli: true, gzip: true, etag: true }))
      .listen(port, '127.0.0.1')
  },
  'express-static-gzip': async (directory, port) => {
    const express = await load.express()
    const { default: files } = await import('express-static-gzip')
    return express()
      .use(files(directory, { enableBrotli: true, orderPreference: ['br'] }))
      .listen(port, '127.0.0.1')
  },
  '@fastify/static': async (directory, port) => {
    const { default: fastify } = await import('fastify')
    const { default: plugin } = await import('@fastify/static')
    const app = fastify()
    app.register(plugin, { root: directory })
    await app.listen({ port, host: '127.0.0.1' })
  },
  'koa-static': async (directory, port) => {
    const { default: Koa } = await import('koa')
    const { default: files } = await import('koa-static')
    const app = new Koa()
    app.silent = true
    return app.use(files(directory)).listen(port, '127.0.0.1')
  },
  '@hono/node-server': async (directory, port) => {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const { serveStatic } = await import('@hono/node-server/serve-static')
    const app = new Hono()
    app.use('/*', serveStatic({ root: directory }))
    return serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  },
  'createReadStream().pipe()': async (directory, port) => {
    const express = await load.express()
    return express()
      .get('/:name', (req, res) => {
        const path = join(directory, req.params.name)
        const { start, end } = rangeOf(req)
        res.type(path)
        if (start !== undefined) res.status(206)
        createReadStream(path, { start, end })
          .on('error', () => res.sendStatus(404))
          .pipe(res)
      })
      .listen(port, '127.0.0.1')
  },
  // What no middleware of Express is faster than: no path, no field, no body.
  'floor: Express, a bare next()': async (_folder, port) => {
    const express = await load.express()
    return express()
      .use((_req, _res, next) => next())
      .listen(port, '127.0.0.1')
  },
  'floor: Express, a bare 304': async (_folder, port) => {
    const express = await load.express()
    return express()
      .use((_req, res) => {
        res.writeHead(304)
        res.end()
      })
      .listen(port, '127.0.0.1')
  },
  // The same fields and the same framing as ours, and nothing looked up.
  'ceiling: Express from memory': async (directory, port) => {
    const express = await load.express()
    return express().use(fromMemory(directory)).listen(port, '127.0.0.1')
  },
  'ceiling: node:http, 1 MiB writes': (directory, port) => {
    const body = readFileSync(join(directory, '10m.bin'))
    return createServer((_req, res) => writeBlocks(res, body)).listen(port, '127.0.0.1')
  },
}

/** This package under Express with options of its own, for options.mjs. */
export async function oursWith(options, directory, port) {
  const express = await load.express()
  const { streamFiles } = await load.ours()
  return express().use(streamFiles(directory, options)).listen(port, '127.0.0.1')
}

const item = Buffer.alloc(CHUNK, 'generated ')

function* items() {
  for (let sent = 0; sent < 10 * BLOCK; sent += CHUNK) yield item
}

async function* asyncItems() {
  for (let sent = 0; sent < 10 * BLOCK; sent += CHUNK) yield item
}

function rangeOf(req) {
  const range = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '')
  return range === null ? {} : { start: Number(range[1]), end: Number(range[2]) }
}

function fromMemory(directory) {
  const files = new Map()
  for (const name of ['1k.txt', '10k.txt', '100k.txt']) {
    const path = join(directory, name)
    const stat = statSync(path)
    const fields = [
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Cache-Control', 'public, max-age=0'],
      ['Last-Modified', stat.mtime.toUTCString()],
      ['ETag', `"${stat.size.toString(16)}-${stat.mtimeMs.toString(16)}0000000"`],
      ['Accept-Ranges', 'bytes'],
    ]
    files.set(name, { body: readFileSync(path), fields })
  }
  return (req, res) => {
    const { body, fields } = files.get(req.url.slice(1))
    for (const [name, value] of fields) res.setHeader(name, value)
    res.writeHead(200)
    res.end(body)
  }
}

function writeBlocks(res, body) {
  res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes' })
  let position = 0
  const more = () => {
    while (position < body.length) {
      const flows = res.write(body.subarray(position, position + BLOCK))
      position += BLOCK
      if (!flows) return res.once('drain', more)
    }
    res.end()
  }
  more()
}
