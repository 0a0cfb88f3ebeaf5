import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type FileServerSettings, fileServer } from '../../lib/command/file-server.js'
import type { Outcome } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const directory = directoryOf({
  'about.html': 'About',
  'site/index.html': 'Site',
  'files/a b.txt': 'text',
  '.env': 'secret',
  '.git/config': 'secret',
})
mkdirSync(join(directory, 'empty'))

const SETTINGS: FileServerSettings = {
  directory,
  cache: 0,
  cors: false,
  dotfiles: false,
  list: true,
  precompressed: false,
  spa: false,
}

let server: TestServer
let outcomes: (Outcome & { url: string | undefined })[] = []

async function start(settings: Partial<FileServerSettings> = {}): Promise<void> {
  outcomes = []
  server = await serve(
    fileServer({ ...SETTINGS, ...settings }, (outcome, { url }) =>
      outcomes.push({ ...outcome, url }),
    ),
  )
}

afterEach(() => server.close())
afterAll(removeDirectories)

const ask = (target: string, asked: Parameters<typeof request>[2] = {}) =>
  request(server.port, target, asked)

test('files have a length, ranges and no extension in the URL', async () => {
  await start({ cache: 3_600_000 })
  const file = await ask('/files/a%20b.txt')
  expect(file.headers).toMatchObject({
    'content-length': '4',
    'cache-control': 'public, max-age=3600',
  })
  const range = await ask('/files/a%20b.txt', { headers: ['Range: bytes=1-2'] })
  expect(range).toMatchObject({ status: 206, body: Buffer.from('ex') })
  expect((await ask('/about')).body.toString()).toBe('About')
  expect((await ask('/site/')).body.toString()).toBe('Site')
})

test('a directory without an index file is listed, under its URL with a slash', async () => {
  await start()
  expect(await ask('/files')).toMatchObject({ status: 301, headers: { location: '/files/' } })
  const page = await ask('/files/')
  expect(page).toMatchObject({ status: 200, complete: true })
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/)
  expect(page.body.toString()).toContain('<a href="a%20b.txt">')
  expect((await ask('/')).body.toString()).toContain('<a href="empty/">')
  expect((await ask('/empty/')).body.toString()).toContain('empty')
  const headers = await ask('/files/', { method: 'HEAD' })
  expect(headers).toMatchObject({ status: 200, body: Buffer.alloc(0) })
})

test.each(['/none', '/none/', '/.git/', '/files//', '/%66iles/', '/../', '/about.html/'])(
  '%s is 404 and not a list',
  async (target) => {
    await start()
    const { status, body } = await ask(target)
    expect(status).toBe(404)
    expect(body.toString()).toBe('404 Not Found\n')
  },
)

test('without lists a directory is 404', async () => {
  await start({ list: false })
  expect((await ask('/files/')).status).toBe(404)
  expect((await ask('/')).status).toBe(404)
  expect((await ask('/site/')).status).toBe(200)
})

test('dotfiles are served and listed only on demand', async () => {
  await start()
  expect((await ask('/.env')).status).toBe(404)
  await server.close()
  await start({ dotfiles: true })
  expect((await ask('/.env')).body.toString()).toBe('secret')
  expect((await ask('/.git/')).body.toString()).toContain('config')
})

test('a method that is not supported is 405', async () => {
  await start()
  for (const method of ['POST', 'DELETE', 'OPTIONS']) {
    expect(await ask('/about', { method })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  }
})

test('for a single-page application, a page without a file is index.html', async () => {
  const site = directoryOf({ 'index.html': 'App', 'app.js': '' })
  await start({ directory: site, spa: true })
  const page = { headers: ['Accept: text/html'] }
  expect(await ask('/users/7', page)).toMatchObject({ status: 200, body: Buffer.from('App') })
  expect((await ask('/missing.js', page)).status).toBe(404)
  await server.close()
  await start({ directory: site })
  expect((await ask('/users/7', page)).status).toBe(404)
})

test('what is missing gets 404.html, but a directory is listed', async () => {
  const site = directoryOf({ '404.html': 'Not here', 'files/a.txt': '' })
  await start({ directory: site })
  const missing = await ask('/none')
  expect(missing).toMatchObject({ status: 404, body: Buffer.from('Not here') })
  expect((await ask('/files/')).body.toString()).toContain('a.txt')
  await eventually(() => outcomes.length === 2)
  expect(outcomes.map(({ status }) => status)).toEqual([404, 200])
})

test('compressed files beside a file are sent on demand', async () => {
  const site = directoryOf({ 'app.js': 'script', 'app.js.br': 'brotli' })
  const browser = { headers: ['Accept-Encoding: gzip, br'] }
  await start({ directory: site, precompressed: true })
  const response = await ask('/app.js', browser)
  expect(response).toMatchObject({ body: Buffer.from('brotli') })
  expect(response.headers).toMatchObject({ 'content-encoding': 'br', 'content-length': '6' })
  await server.close()
  await start({ directory: site })
  expect((await ask('/app.js', browser)).headers['content-encoding']).toBeUndefined()
})

test('files with a hash of their content in the name are cached on demand', async () => {
  const site = directoryOf({ 'index-D4mkQ8Xa.js': '', 'index.html': '' })
  await start({ directory: site, cache: 'fingerprinted' })
  expect((await ask('/index-D4mkQ8Xa.js')).headers['cache-control']).toMatch('immutable')
  expect((await ask('/')).headers['cache-control']).toBe('no-cache')
})

test('with CORS every response may be read, and preflight requests are allowed', async () => {
  await start({ cors: true })
  for (const target of ['/about', '/files/', '/none']) {
    expect((await ask(target)).headers['access-control-allow-origin']).toBe('*')
  }
  const preflight = await ask('/about', { method: 'OPTIONS' })
  expect(preflight).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-methods': 'GET, HEAD', 'access-control-allow-headers': '*' },
  })
  expect(preflight.headers).not.toHaveProperty('content-type')
  await server.close()
  await start()
  expect((await ask('/about')).headers['access-control-allow-origin']).toBeUndefined()
})

test('every response is reported once', async () => {
  await start({ cors: true })
  const targets = ['/about', '/files', '/files/', '/none']
  for (const target of targets) await ask(target)
  await ask('/about', { method: 'OPTIONS' })
  await ask('/about', { method: 'POST' })
  await eventually(() => outcomes.length === 6)
  expect(outcomes.map(({ status, url }) => `${status} ${url}`)).toEqual([
    '200 /about',
    '301 /files',
    '200 /files/',
    '404 /none',
    '204 /about',
    '405 /about',
  ])
  expect(outcomes.every(({ completed }) => completed)).toBe(true)
})

testOnLinux('a directory that a symlink leads to outside is not listed', async () => {
  const outside = directoryOf({ secret: '' })
  symlinkSync(outside, join(directory, 'outside'))
  await start()
  expect((await ask('/outside/')).status).toBe(404)
  expect((await ask('/')).body.toString()).not.toContain('outside')
})
