import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type StreamResponseOptions, streamResponse } from '../../../lib/index.js'
import { express } from '../../support/express.js'
import { directoryOf, removeDirectories } from '../../support/files.js'
import { request } from '../../support/raw-http.js'
import { withServer } from '../../support/server.js'

// The roots lie below a dot directory, which is nobody's business but the application's.
const base = directoryOf({
  '.cache/www/a.txt': 'public',
  '.cache/www/a b%20c.txt': 'public',
  '.cache/www/directory/index.html': 'public',
  '.cache/www/directory/page.html': 'public',
  '.cache/www/.env': 'dotfile',
  '.cache/www/.well-known/security.txt': 'public',
  '.cache/www/directory/.hidden/a.txt': 'dotfile',
  '.cache/www-secret/a.txt': 'secret',
  '.cache/secret.txt': 'secret',
})
const root = join(base, '.cache/www')
const onPosix = process.platform === 'win32' ? test.skip : test
if (process.platform !== 'win32') {
  symlinkSync('a.txt', join(root, 'inside.txt'))
  symlinkSync('../secret.txt', join(root, 'out.txt'))
  symlinkSync('..', join(root, 'out'))
  symlinkSync('loop', join(root, 'loop'))
}
afterAll(removeDirectories)

/** The status and the body of the response to a path, by an Express app. */
async function responseTo(path: string | URL, options: StreamResponseOptions): Promise<string> {
  const app = express()
  app.set('env', 'test')
  app.use((_req, res) => {
    streamResponse(res, path, options)
  })
  const response = await withServer(app, ({ port }) => request(port, '/'))
  const text = response.body.toString()
  expect(text).not.toContain(base)
  return response.status === 200 ? `200 ${text}` : String(response.status)
}

describe('a path below a root', () => {
  test.each<[string, StreamResponseOptions, string]>([
    ['a.txt', {}, '200 public'],
    ['/a.txt', {}, '200 public'],
    ['./directory/../a.txt', {}, '200 public'],
    ['a b%20c.txt', {}, '200 public'],
    ['a%20b%20c.txt', {}, '404'],
    ['directory/', {}, '200 public'],
    ['directory', {}, '404'],
    ['directory/page', { extensions: 'html' }, '200 public'],
    ['directory/', { index: false }, '404'],
    ['..', {}, '403'],
    ['../secret.txt', {}, '403'],
    ['/../secret.txt', {}, '403'],
    ['directory/../../secret.txt', {}, '403'],
    ['../www/a.txt', {}, '403'],
    ['../www-secret/a.txt', {}, '403'],
    ['%2e%2e/secret.txt', {}, '404'],
    [join(base, '.cache/secret.txt'), {}, '404'],
    ['a.txt\0', {}, '400'],
    ['a.txt\0.html', {}, '400'],
    ['.env', {}, '404'],
    ['.env', { dotfiles: 'deny' }, '403'],
    ['.env', { dotfiles: 'allow' }, '200 dotfile'],
    ['directory/.hidden/a.txt', {}, '404'],
    ['directory/.hidden/a.txt', { dotfiles: 'deny' }, '403'],
    ['directory/.hidden/a.txt', { dotfiles: 'allow' }, '200 dotfile'],
    ['.well-known/security.txt', {}, '200 public'],
    ['.well-known/security.txt', { dotfiles: 'deny' }, '403'],
    ['__proto__', {}, '404'],
    ['x'.repeat(5000), {}, '404'],
  ])('%j with %j gives %s', async (path, options, expected) => {
    expect(await responseTo(path, { root, ...options })).toBe(expected)
    expect(await responseTo(path, { root: pathToFileURL(root), ...options })).toBe(expected)
    expect(await responseTo(path, { root: relative(process.cwd(), root), ...options })).toBe(
      expected,
    )
  })

  onPosix.each<[string, StreamResponseOptions, string]>([
    ['inside.txt', {}, '200 public'],
    ['inside.txt', { symlinks: 'deny' }, '404'],
    ['out.txt', {}, '404'],
    ['out.txt', { symlinks: 'deny' }, '404'],
    ['out.txt', { symlinks: 'follow' }, '200 secret'],
    ['out/secret.txt', {}, '404'],
    ['out/www-secret/a.txt', {}, '404'],
    ['out/www/a.txt', {}, '200 public'],
    ['loop', {}, '404'],
  ])('%j with %j gives %s (symlinks need POSIX)', async (path, options, expected) => {
    expect(await responseTo(path, { root, ...options })).toBe(expected)
  })
})

describe('a path that the application vouches for', () => {
  test.each<[string, StreamResponseOptions, string]>([
    ['.cache/www/a.txt', {}, '200 public'],
    ['.cache/secret.txt', {}, '200 secret'],
    ['.cache/www/../secret.txt', {}, '200 secret'],
    ['.cache/www/.env', {}, '200 dotfile'],
    ['.cache/www/.env', { dotfiles: 'ignore' }, '404'],
    ['.cache/www/.env', { dotfiles: 'deny' }, '403'],
    ['.cache/www/a.txt', { dotfiles: 'deny' }, '200 public'],
    ['.cache/www/a%2Etxt', {}, '404'],
    ['.cache/www/directory', {}, '404'],
    ['.cache/www/directory/', {}, '200 public'],
    ['.cache/missing', {}, '404'],
    ['.cache/www/a.txt/x', {}, '404'],
  ])('%j with %j gives %s, absolute or relative', async (path, options, expected) => {
    const full = `${base}/${path}`
    expect(await responseTo(full, options)).toBe(expected)
    expect(await responseTo(`${relative(process.cwd(), base)}/${path}`, options)).toBe(expected)
    if (!path.includes('%')) expect(await responseTo(pathToFileURL(full), options)).toBe(expected)
  })

  test('is malformed if it contains a NUL', async () => {
    expect(await responseTo(`${root}/a.txt\0`, {})).toBe('400')
  })

  onPosix('may be a link to anywhere, but to a file (on POSIX only)', async () => {
    expect(await responseTo(join(root, 'out.txt'), {})).toBe('200 secret')
    expect(await responseTo(join(root, 'loop'), {})).toBe('404')
    expect(await responseTo('/dev/zero', {})).toBe('404')
  })
})
