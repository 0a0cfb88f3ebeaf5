import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type StreamFilesOptions, streamFiles } from '../../lib/index.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// As under '~/.nvm' or '.cache': what lies above the root is not judged.
const base = directoryOf({
  '.cache/www/index.html': 'front',
  '.cache/www/file.txt': 'file',
  '.cache/www/docs/index.html': 'docs',
  '.cache/www/no index/file.txt': 'file',
  '.cache/www/.env': 'dotfile',
  '.cache/www/.hidden/file.txt': 'dotfile',
  '.cache/www/.well-known/security.txt': 'well known',
  '.cache/www/.well-known/.private': 'dotfile',
  '.cache/secret/index.html': 'secret',
})
const root = join(base, '.cache/www')
if (process.platform !== 'win32') symlinkSync('../secret', join(root, 'out'))
afterAll(removeDirectories)

function ask(
  target: string,
  options: StreamFilesOptions = {},
  mount = '/',
  headers: readonly string[] = [],
): Promise<RawResponse> {
  const app = express()
  app.set('env', 'test')
  app.use(mount, streamFiles(root, options))
  app.use((_req, res) => {
    res.status(404).end('next')
  })
  return withServer(app, ({ port }) => request(port, target, { headers }))
}

const statusAndBody = ({ status, body }: RawResponse) => `${status} ${body}`

test.each(['/files//file.txt', '/files///file.txt', '/files//docs/', '/files//'])(
  '%s does not bypass a middleware for the path below the mount point',
  async (target) => {
    const response = await ask(target, {}, '/files')
    expect(statusAndBody(response)).toBe('404 next')
  },
)

describe('dotfiles', () => {
  const DOTFILES = ['/.env', '/.hidden/file.txt', '/.hidden/', '/.hidden', '/.well-known/.private']

  test.each(DOTFILES)('%s is as if it were not there, by default', async (target) => {
    expect(statusAndBody(await ask(target))).toBe('404 next')
    expect((await ask(target, { fallthrough: false })).status).toBe(404)
  })

  test.each(DOTFILES)('%s is forbidden with "deny", and falls through as well', async (target) => {
    expect((await ask(target, { dotfiles: 'deny', fallthrough: false })).status).toBe(403)
    expect(statusAndBody(await ask(target, { dotfiles: 'deny' }))).toBe('404 next')
  })

  test('are files like others with "allow"', async () => {
    expect(statusAndBody(await ask('/.env', { dotfiles: 'allow' }))).toBe('200 dotfile')
    expect(statusAndBody(await ask('/.hidden/file.txt', { dotfiles: 'allow' }))).toBe('200 dotfile')
  })

  test('/.well-known/ is served, unless dotfiles are denied outright', async () => {
    expect(statusAndBody(await ask('/.well-known/security.txt'))).toBe('200 well known')
    const denied = await ask('/.well-known/security.txt', { dotfiles: 'deny', fallthrough: false })
    expect(denied.status).toBe(403)
  })

  test('above the root are not judged, under any policy', async () => {
    for (const dotfiles of ['ignore', 'deny', 'allow'] as const) {
      expect(statusAndBody(await ask('/file.txt', { dotfiles }))).toBe('200 file')
    }
  })
})

describe('a directory without its slash', () => {
  test.each([
    ['/docs', '/', '/docs/'],
    ['/docs?a=/b&c', '/', '/docs/?a=/b&c'],
    ['/docs?<script>', '/', '/docs/?%3Cscript%3E'],
    ['/no%20index', '/', '/no%20index/'],
    ['/static', '/static', '/static/'],
    ['/static?a', '/static', '/static/?a'],
    ['/static/docs?a', '/static', '/static/docs/?a'],
    ['http://evil.test/docs', '/', '/docs/'],
  ])('%s below %s is redirected to %s and has no body', async (target, mount, location) => {
    const response = await ask(target, {}, mount, ['X-Forwarded-Host: evil.test'])
    expect(response).toMatchObject({ status: 301, headers: { location } })
    expect(response.body).toHaveLength(0)
  })

  test('is not redirected with redirect: false', async () => {
    expect(statusAndBody(await ask('/docs', { redirect: false }))).toBe('404 next')
  })

  test.each(['//docs', '/./docs', '/docs/.', '/%64ocs', '/out', '//evil.test/docs', '/\\docs'])(
    '%s is no directory of the mount, and not redirected',
    async (target) => {
      expect(statusAndBody(await ask(target))).toBe('404 next')
    },
  )
})

test('a mount whose path begins with two slashes redirects within the site', async () => {
  const app = express()
  app.use(/^\/\/[^/]+/, streamFiles(root))
  const response = await withServer(app, ({ port }) => request(port, '//evil.test/docs'))
  expect(response).toMatchObject({ status: 301, headers: { location: '/evil.test/docs/' } })
})

test.each([
  ['/..', 403],
  ['/%00', 400],
  ['/%C0%AE', 400],
  ['//file.txt', 404],
  ['/missing', 404],
  [`/${'x'.repeat(300)}`, 404],
])('the error page of %s contains nothing about the machine', async (target, status) => {
  const response = await ask(target, { fallthrough: false })
  expect(response.status).toBe(status)
  expect(response.body.toString()).not.toContain(base)
  expect(response.body.toString()).not.toContain('node_modules')
})
