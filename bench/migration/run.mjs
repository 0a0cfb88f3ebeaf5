// Compares streamFiles with @fastify/static and express-static-gzip, option by option: npm run bench:migration.
// It fails if a response differs where docs/sites.md does not say so, or does not differ where it does.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import express from 'express'
import { streamFiles } from '../../dist/index.js'
import { rows } from './rows.mjs'

// The peers are installed in bench/, by the script that runs this.
const installed = createRequire(new URL('../package.json', import.meta.url))

const site = mkdtempSync(join(tmpdir(), 'stream-files-migration-'))
const [root, second] = [join(site, 'a'), join(site, 'b')]

function buildSite() {
  mkdirSync(join(root, 'dir'), { recursive: true })
  mkdirSync(second)
  const files = {
    'a/index.html': '<p>index</p>',
    'a/about.html': '<p>about</p>',
    'a/404.html': '<p>404</p>',
    'a/dir/index.html': '<p>dir</p>',
    'a/.env': 'SECRET',
    'a/app.js': 'app()',
    'a/app.js.gz': gzipSync('app()'),
    'a/app.js.br': brotliCompressSync('app()'),
    // Nothing decodes it here, and Node.js 20 cannot encode it.
    'a/app.js.zst': 'app() as zstd',
    'b/app.js': 'second()',
    'b/b.txt': 'b',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(site, name), content)
}

async function listen(listener) {
  const server = createServer(listener)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { port, close: () => server.close() }
}

const rootsOf = ({ secondRoot = false }) => (secondRoot ? [root, second] : root)

function optionsOf({ secondRoot: _, ...options }) {
  return options
}

const start = {
  ours({ ours, mount = '/' }) {
    return listen(express().use(mount, streamFiles(rootsOf(ours), optionsOf(ours))))
  },
  'express-static-gzip': ({ theirs }) =>
    listen(express().use(installed('express-static-gzip')(root, theirs))),
  '@fastify/static': async ({ theirs, notFound }) => {
    const app = installed('fastify')()
    app.register(installed('@fastify/static'), {
      root: rootsOf(theirs),
      ...optionsOf(theirs),
    })
    if (notFound !== undefined) {
      app.setNotFoundHandler((_req, reply) => reply.code(404).sendFile(notFound))
    }
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: app.server.address().port, close: () => app.close() }
  },
}

function ask(port, path, headers) {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false }, async (res) => {
      const chunks = await res.toArray()
      const { 'content-encoding': coding, 'cache-control': policy, location } = res.headers
      const body = Buffer.concat(chunks).toString('latin1')
      // What frameworks send for an error of theirs is theirs.
      const own = res.statusCode === 200 || body.startsWith('<p>')
      resolve({ status: res.statusCode, coding, policy, location, body: own ? body : undefined })
    })
    request.on('error', reject)
  })
}

async function compare(peer, row) {
  const [theirs, ours] = await Promise.all([start[peer](row), start.ours(row)])
  let failures = 0
  for (const [path, headers = {}, expected = 'same'] of row.requests) {
    const pair = [await ask(theirs.port, path, headers), await ask(ours.port, path, headers)]
    if (expected === 'policy differs') for (const response of pair) delete response.policy
    const [one, other] = pair.map((response) => JSON.stringify(response))
    const isSame = one === other
    const isExpected = isSame === (expected !== 'differs')
    if (!isExpected) failures++
    const verdict = isExpected ? 'ok  ' : 'FAIL'
    console.log(`${verdict} ${peer} ${JSON.stringify(row.theirs)} ${path}: ${expected}`)
    if (!isSame) console.log(`       ${one}\n       ${other}`)
  }
  theirs.close()
  ours.close()
  return failures
}

buildSite()
try {
  let failures = 0
  for (const [peer, list] of Object.entries(rows)) {
    for (const row of list) failures += await compare(peer, row)
  }
  process.exitCode = failures === 0 ? 0 : 1
} finally {
  rmSync(site, { recursive: true, force: true })
}
