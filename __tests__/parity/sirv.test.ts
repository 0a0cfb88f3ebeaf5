import sirv from 'sirv'
import type { StreamFilesOptions } from '../../lib/index.js'
import { streamFiles } from '../../lib/index.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// The rows of the table in docs/sites.md.

const root = directoryOf({
  'index.html': '<p>index</p>',
  'app.html': '<p>app</p>',
  'about.htm': '<p>about</p>',
  'assets/app.js': 'app()',
  'assets/app.js.br': 'br',
  'assets/app.js.gz': 'gz',
  '.env': 'SECRET=1',
  '.well-known/security.txt': 'Contact: a',
})
afterAll(removeDirectories)

type SirvOptions = Parameters<typeof sirv>[1]
type Handler = ReturnType<typeof sirv> | ReturnType<typeof streamFiles>
type Headers = readonly string[]

const NAVIGATION = ['Accept: text/html,*/*;q=0.8']

const ask = (handler: Handler, target: string, headers: Headers): Promise<RawResponse> =>
  withServer(
    (req, res) => {
      handler(req, res, () => {
        res.statusCode = 404
        res.end('next')
      })
    },
    ({ port }) => request(port, target, { headers }),
  )

const comparable = ({ status, headers, body }: RawResponse) => ({
  status,
  body: body.toString(),
  coding: headers['content-encoding'],
  vary: headers.vary,
})

test.each<[string, SirvOptions, StreamFilesOptions, [target: string, headers: Headers][]]>([
  [
    'single',
    { single: true },
    { fallback: 'index.html' },
    [
      ['/user/7', NAVIGATION],
      ['/user/john.doe', NAVIGATION],
      ['/missing.js', ['Accept: */*']],
    ],
  ],
  ['single: name', { single: 'app.html' }, { fallback: 'app.html' }, [['/user/7', NAVIGATION]]],
  [
    'brotli and gzip',
    { brotli: true, gzip: true },
    { precompressed: ['br', 'gzip'] },
    [
      ['/assets/app.js', ['Accept-Encoding: gzip, br']],
      ['/assets/app.js', ['Accept-Encoding: gzip']],
      ['/assets/app.js', []],
    ],
  ],
  [
    'extensions, which sirv has by default',
    {},
    { extensions: ['html', 'htm'] },
    [
      ['/app', []],
      ['/about', []],
      ['/missing', []],
      ['/', []],
    ],
  ],
  ['extensions: none', { extensions: [] }, {}, [['/app', []]]],
  [
    'dotfiles',
    {},
    {},
    [
      ['/.env', []],
      ['/.well-known/security.txt', []],
    ],
  ],
  ['dotfiles: true', { dotfiles: true }, { dotfiles: 'allow' }, [['/.env', []]]],
])('%s: both respond alike', async (_name, sirvOptions, options, requests) => {
  for (const [target, headers] of requests) {
    const expected = comparable(await ask(sirv(root, sirvOptions), target, headers))
    const received = comparable(await ask(streamFiles(root, options), target, headers))
    expect({ target, ...received }).toEqual({ target, ...expected })
  }
})

const policyOf = async (handler: Handler) =>
  (await ask(handler, '/assets/app.js', [])).headers['cache-control']?.replaceAll(' ', '')

test.each<[SirvOptions, StreamFilesOptions]>([
  [{ maxAge: 3600 }, { maxAge: '1h' }],
  [
    { maxAge: 3600, immutable: true },
    { maxAge: '1h', immutable: true },
  ],
  [{}, { cacheControl: false }],
  [{ dev: true }, { cacheControl: () => 'no-store' }],
])('the Cache-Control of sirv with %j is that of %p', async (sirvOptions, options) => {
  expect(await policyOf(streamFiles(root, options))).toBe(await policyOf(sirv(root, sirvOptions)))
})

test('the etag of sirv is off by default', async () => {
  const tagOf = async (handler: Handler) => (await ask(handler, '/app.html', [])).headers.etag
  expect(await tagOf(sirv(root))).toBeUndefined()
  expect(await tagOf(streamFiles(root, { etag: false }))).toBeUndefined()
  expect(await tagOf(sirv(root, { etag: true }))).toMatch(/^W\//)
  expect(await tagOf(streamFiles(root))).toMatch(/^"/)
})

test('setHeaders of sirv gets the path of the URL, and ours the one of the disk', async () => {
  const paths: string[] = []
  const setHeaders = (_res: unknown, path: string) => void paths.push(path)
  await ask(sirv(root, { setHeaders }), '/app.html', [])
  await ask(streamFiles(root, { setHeaders }), '/app.html', [])
  expect(paths).toEqual(['/app.html', `${root}/app.html`])
})

test('ignores: the routes before the files keep what has no page', async () => {
  const files = sirv(root, { single: true, ignores: [/^\/api/] })
  expect((await ask(files, '/api/users', NAVIGATION)).status).toBe(404)
  // What sirv sends to fetch() too, `fallback` sends to page loads only.
  expect((await ask(files, '/user/7', ['Accept: */*'])).status).toBe(200)
  const ours = streamFiles(root, { fallback: 'index.html' })
  expect((await ask(ours, '/user/7', ['Accept: */*'])).status).toBe(404)
})

test('onNoMatch: next', async () => {
  const handled: string[] = []
  const onNoMatch = (req: { url?: string | undefined }, res: { end(text: string): unknown }) => {
    handled.push(String(req.url))
    res.end('none')
  }
  const theirs = sirv(root, { onNoMatch })
  const ours = streamFiles(root)
  await withServer(
    (req, res) => theirs(req, res),
    ({ port }) => request(port, '/missing'),
  )
  await withServer(
    (req, res) => ours(req, res, () => onNoMatch(req, res)),
    ({ port }) => request(port, '/missing'),
  )
  expect(handled).toEqual(['/missing', '/missing'])
})
