import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { connect as connectHttp2, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Express } from 'express'
import { type StreamFilesOptions, streamFiles } from '../lib/index.js'
import { descriptorsBackTo } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from './support/files.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const LARGE = 'x'.repeat(300_000)
const directory = directoryOf({
  'caf\u00e9.html': 'coffee',
  'large \u00e9.bin': LARGE,
  'r\u00e9sum\u00e9s/index.html': 'all of them',
  'empty \u00e9/x': '',
  '.\u00e9': 'SECRET',
  'a+b.txt': 'a sum',
  'docs/a b.txt': 'docs',
  'admin/\u00e9.txt': 'SECRET',
})

if (process.platform !== 'win32') symlinkSync(__filename, join(directory, 'link \u00e9'))

afterAll(removeDirectories)

function appWith(options: StreamFilesOptions = {}, mount = '/'): Express {
  const app = express()
  app.use(mount, streamFiles(directory, { extensions: 'html', ...options }))
  return app
}

type Asked = Parameters<typeof request>[2]

function ask(target: string, asked: Asked = {}, app = appWith()): Promise<RawResponse> {
  return withServer(app, ({ port }) => request(port, target, asked))
}

describe.each(['GET', 'HEAD'])('%s of a name with hex digits in lower case', (method) => {
  test.each([
    ['/caf%c3%a9.html', '/caf%C3%A9.html'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/caf%C3%a9.html?a=%c3%a9&b', '/caf%C3%A9.html?a=%c3%a9&b'],
    ['/large%20%c3%a9.bin', '/large%20%C3%A9.bin'],
    ['/r%c3%a9sum%c3%a9s/', '/r%C3%A9sum%C3%A9s/'],
    ['/r%c3%a9sum%c3%a9s', '/r%C3%A9sum%C3%A9s'],
    ['/empty%20%c3%a9', '/empty%20%C3%A9'],
    ['/r%c3%a9sum%c3%a9s/index.html', '/r%C3%A9sum%C3%A9s/index.html'],
    ['/a%2bb.txt', '/a%2Bb.txt'],
    ['http://h/caf%c3%a9.html', '/caf%C3%A9.html'],
  ])('is redirected from %s to %s', async (target, location) => {
    await withServer(appWith(), async ({ port }) => {
      const baseline = openDescriptors()
      for (let time = 0; time < 2; time++) {
        const response = await request(port, target, { method })
        expect(response).toMatchObject({ status: 301, headers: { location }, complete: true })
        expect(response.body.length).toBe(0)
      }
      expect((await request(port, location, { method })).headers.location).not.toBe(location)
      await descriptorsBackTo(baseline)
    })
  })

  test.each([
    ['a name that does not exist', '/th%c3%a9.html'],
    ['a directory without an index file', '/empty%20%c3%a9/'],
    ['a dotfile', '/.%c3%a9'],
    ['a symlink out of the root', '/link%20%c3%a9'],
    ['an encoded unreserved character', '/c%61f%c3%a9.html'],
    ['an encoded slash', '/r%c3%a9sum%c3%a9s%2findex.html'],
    ['an encoded dot segment', '/%2e/caf%c3%a9.html'],
    ['an empty segment', '//caf%c3%a9.html'],
    ['a dot segment', '/./caf%c3%a9.html'],
    ['another encoding', '/caf%e9.html'],
  ])('is not found where it is %s', async (_name, target) => {
    const { status, headers } = await ask(target, { method })
    expect({ status, location: headers.location }).toEqual({ status: 404 })
  })
})

test('the redirect leads to the file', async () => {
  await withServer(appWith(), async ({ url }) => {
    expect(await (await fetch(`${url}/caf%c3%a9.html`)).text()).toBe('coffee')
    expect(await (await fetch(`${url}/r%c3%a9sum%c3%a9s`)).text()).toBe('all of them')
    expect((await (await fetch(`${url}/large%20%c3%a9.bin`)).text()).length).toBe(LARGE.length)
  })
})

test('with redirect: false it stays not found', async () => {
  const app = appWith({ redirect: false, fallthrough: false })
  expect((await ask('/caf%c3%a9.html', {}, app)).status).toBe(404)
})

test('another method is not redirected', async () => {
  expect((await ask('/caf%c3%a9.html', { method: 'POST' })).status).toBe(404)
})

test('a dotfile is not told from a name that does not exist', async () => {
  const app = appWith({ dotfiles: 'deny', fallthrough: false })
  expect((await ask('/.%c3%a9', {}, app)).status).toBe(404)
  expect((await ask('/.%C3%A9', {}, app)).status).toBe(403)
})

test('below a mount point the redirect keeps it', async () => {
  const app = appWith({}, '/files')
  expect((await ask('/files/caf%c3%a9.html?x', {}, app)).headers.location).toBe(
    '/files/caf%C3%A9.html?x',
  )
})

test('below a mount point spelled in lower case too, it leads to the file', async () => {
  const app = express().enable('case sensitive routing')
  app.use('/%c3%bc', streamFiles(directory))
  await withServer(app, async ({ url }) => {
    const response = await fetch(`${url}/%c3%bc/caf%c3%a9.html`)
    expect([response.status, await response.text()]).toEqual([200, 'coffee'])
  })
})

test('a target that the application has rewritten is not redirected to itself', async () => {
  const app = express()
  app.use((req, _res, next) => {
    req.url = '/caf%c3%a9.html'
    next()
  })
  app.use(streamFiles(directory))
  expect((await ask('/coffee', {}, app)).status).toBe(404)
})

test('access-control middleware sees the canonical spelling before the file is served', async () => {
  const app = express().enable('case sensitive routing')
  app.use('/admin/%C3%A9.txt', (_req, res) => void res.status(401).end())
  app.use(streamFiles(directory))
  await withServer(app, async ({ url }) => {
    const response = await fetch(`${url}/admin/%c3%a9.txt`)
    expect([response.status, await response.text()]).toEqual([401, ''])
  })
})

test('the next middleware is asked where there is no such name', async () => {
  const app = appWith()
  app.use((_req, res) => void res.send('next'))
  expect(String((await ask('/th%c3%a9', {}, app)).body)).toBe('next')
})

test('HTTP/2 and a bare server redirect too', async () => {
  const files = streamFiles(directory)
  const server = createServer((req, res) => files(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = session.request({ ':path': '/caf%c3%a9.html?x' })
  const [headers] = await once(stream, 'response')
  expect(headers).toMatchObject({ ':status': 301, location: '/caf%C3%A9.html?x' })
  session.destroy()
  await new Promise((resolve) => server.close(resolve))
})
