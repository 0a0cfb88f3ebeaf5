import { join } from 'node:path'
import type { ServeStaticOptions } from 'serve-static'
import { type StreamFilesOptions, streamFiles } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import {
  type Asked,
  expectAlike,
  expressStatic,
  mounted,
  type SideBySide,
} from '../support/side-by-side.js'

const LAST_MODIFIED = 'Thu, 29 Feb 2024 12:34:56 GMT'
const EARLIER = 'Wed, 28 Feb 2024 12:34:56 GMT'
const LATER = 'Fri, 01 Mar 2024 12:34:56 GMT'

const root = directoryOf({
  'index.html': '<p>home</p>',
  'home.htm': '<p>other home</p>',
  'poem.txt': 'twenty letters of it',
  'script.js': 'export {}',
  'large.bin': patternOf(300_000),
  'empty.txt': '',
  'without-extension': 'plain',
  'thing.nobody-knows': 'octets',
  'with space.txt': 'spaced',
  'ä.txt': 'umlaut',
  '.hidden': 'secret',
  '.directory/file.txt': 'secret',
  'page.html': '<p>page</p>',
  'page/inner.txt': 'inner',
  'twice.html': '<p>twice</p>',
  'twice.txt': 'twice',
  'sub/index.html': '<p>sub</p>',
  'sub/.hidden': 'secret',
  'sub/deeper/file.txt': 'deep',
  'no-index/file.txt': 'file',
  'index-is-directory/index.html/file.txt': 'odd',
})

type Options = ServeStaticOptions & StreamFilesOptions

let pair: SideBySide
const pairs: SideBySide[] = []

async function use(options?: Options, directory = root, mount?: string): Promise<void> {
  pair = await mounted(expressStatic(directory, options), streamFiles(directory, options), mount)
  pairs.push(pair)
}

async function expectSame(targets: readonly string[], asked?: Asked): Promise<void> {
  for (const target of targets) {
    const both = await pair.ask(target, asked)
    try {
      expectAlike(both)
    } catch (error) {
      if (error instanceof Error)
        error.message = `${asked?.method ?? 'GET'} ${target}: ${error.message}`
      throw error
    }
  }
}

afterAll(async () => {
  for (const each of pairs) await each.close()
  removeDirectories()
})

const FILES = [
  '/index.html',
  '/poem.txt',
  '/poem.txt?a=b&c=/../d',
  '/script.js',
  '/large.bin',
  '/empty.txt',
  '/without-extension',
  '/thing.nobody-knows',
  '/with%20space.txt',
  '/%C3%A4.txt',
  '/sub/deeper/file.txt',
]
const DIRECTORIES = [
  '/',
  '/sub',
  '/sub/',
  '/sub?a=b',
  '/sub/?a=b',
  '/no-index',
  '/no-index/',
  '/index-is-directory/',
]
const MISSING = [
  '/nothing',
  '/nothing/',
  '/sub/nothing.txt',
  '/poem.txt/',
  '/poem.txt/more',
  '/POEM.TXTX',
]
const DOTFILES = ['/.hidden', '/.directory', '/.directory/', '/.directory/file.txt', '/sub/.hidden']
const MALFORMED = ['/%', '/%zz', '/poem.txt%', '/%00', '/poem.txt%00.html', '/%C0%AE', '/%FF']
const ABOVE_ROOT = ['/../secret', '/%2E%2E/secret', '/..%2Fsecret', '/sub/../../secret', '/..']
const ALL = [...FILES, ...DIRECTORIES, ...MISSING, ...DOTFILES, ...MALFORMED, ...ABOVE_ROOT]

describe('by default', () => {
  beforeAll(() => use())

  test('the same files, directories, redirects and missing files', () => expectSame(ALL))
  test('the same on HEAD', () => expectSame(ALL, { method: 'HEAD' }))
  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s falls through', (method) =>
    expectSame(['/poem.txt', '/sub', '/nothing'], { method }),
  )
  test('the same in HTTP/1.0', () => expectSame(FILES, { version: '1.0' }))

  test('a whole file has its length on HEAD, and theirs on GET too', async () => {
    const { theirs, ours } = await pair.ask('/poem.txt', { method: 'HEAD' })
    expect(ours.headers['content-length']).toBe(theirs.headers['content-length'])
  })

  test('a redirect keeps the query and names this host', async () => {
    const { ours } = await pair.ask('/sub?next=//elsewhere.example')
    expect(ours.headers).toMatchObject({ location: '/sub/?next=//elsewhere.example' })
  })
})

describe('preconditions', () => {
  beforeAll(() => use())

  test.each([
    ['If-None-Match: {etag}'],
    ['If-None-Match: W/"x", {etag}'],
    ['If-None-Match: "x"'],
    ['If-None-Match: *'],
    ['If-None-Match: nonsense'],
    [`If-Modified-Since: ${LAST_MODIFIED}`],
    [`If-Modified-Since: ${LATER}`],
    [`If-Modified-Since: ${EARLIER}`],
    ['If-Modified-Since: nonsense'],
    ['If-None-Match: "x"', `If-Modified-Since: ${LATER}`],
    ['If-None-Match: {etag}', `If-Modified-Since: ${EARLIER}`],
    ['If-Match: *'],
    ['If-Match: "x"'],
    ['If-Match: {etag}'],
    [`If-Unmodified-Since: ${LAST_MODIFIED}`],
    [`If-Unmodified-Since: ${LATER}`],
    [`If-Unmodified-Since: ${EARLIER}`],
    ['If-Unmodified-Since: nonsense'],
    ['If-Match: "x"', `If-Unmodified-Since: ${LATER}`],
    ['If-Match: {etag}', 'If-None-Match: {etag}'],
  ])('%s %s', async (...headers) => {
    await expectSame(['/poem.txt', '/sub/'], { headers: headers.filter(Boolean) })
    await expectSame(['/poem.txt'], { method: 'HEAD', headers: headers.filter(Boolean) })
  })
})

describe('ranges', () => {
  beforeAll(() => use())

  test.each([
    'bytes=0-0',
    'bytes=0-4',
    'bytes=5-',
    'bytes=-5',
    'bytes=-20',
    'bytes=0-19',
    'bytes=10-1000',
    'bytes=19-19',
    'bytes=20-',
    'bytes=-0',
    'bytes=1000-2000',
    'bytes=0-4,5-9',
    'bytes=0-9,3-4',
    'lines=0-1',
    'bytes',
    'bytes=x',
    'bytes=0-1,x',
    'nonsense',
  ])('%s', (range) => expectSame(['/poem.txt'], { headers: [`Range: ${range}`] }))

  test('that are requested twice', () =>
    expectSame(['/poem.txt'], { headers: ['Range: bytes=0-1', 'Range: bytes=2-3'] }))

  test('of a file that is sent in several chunks', async () => {
    for (const range of ['0-', '100000-250000', '-1', '65535-65536']) {
      await expectSame(['/large.bin'], { headers: [`Range: bytes=${range}`] })
    }
  })

  test('with a precondition on the date or another tag', async () => {
    for (const field of [`If-Range: ${LAST_MODIFIED}`, `If-Range: ${EARLIER}`, 'If-Range: "x"']) {
      await expectSame(['/poem.txt'], { headers: ['Range: bytes=2-4', field] })
    }
  })

  test('with a precondition that is evaluated first', async () => {
    for (const field of ['If-None-Match: {etag}', 'If-Match: "x"']) {
      await expectSame(['/poem.txt'], { headers: ['Range: bytes=2-4', field] })
    }
  })
})

describe('each option', () => {
  test.each<[string, Options, readonly string[]]>([
    ['acceptRanges: false', { acceptRanges: false }, FILES],
    ['cacheControl: false', { cacheControl: false, maxAge: 1000, immutable: true }, FILES],
    ['dotfiles: allow', { dotfiles: 'allow' }, DOTFILES],
    ['dotfiles: deny', { dotfiles: 'deny' }, DOTFILES],
    ['dotfiles: deny, no fallthrough', { dotfiles: 'deny', fallthrough: false }, DOTFILES],
    ['dotfiles: ignore, no fallthrough', { dotfiles: 'ignore', fallthrough: false }, DOTFILES],
    ['etag: false', { etag: false }, FILES],
    [
      'extensions: one',
      { extensions: ['html'] },
      [...FILES, '/page', '/page/', '/twice', '/index', '/poem', '/page.html'],
    ],
    [
      'extensions: several, in order',
      { extensions: ['missing', 'txt', 'html'] },
      ['/twice', '/page', '/index', '/sub'],
    ],
    ['extensions: false', { extensions: false }, ['/twice']],
    ['fallthrough: false', { fallthrough: false }, ALL],
    ['fallthrough: false, no redirect', { fallthrough: false, redirect: false }, DIRECTORIES],
    ['immutable', { immutable: true, maxAge: '1y' }, FILES],
    ['immutable alone', { immutable: true }, FILES],
    ['index: false', { index: false }, DIRECTORIES],
    ['index: false, no fallthrough', { index: false, fallthrough: false }, DIRECTORIES],
    ['index: another', { index: 'home.htm' }, DIRECTORIES],
    ['index: several, in order', { index: ['missing', 'home.htm', 'index.html'] }, DIRECTORIES],
    ['index: none in a list', { index: [] }, DIRECTORIES],
    ['index: in a directory', { index: 'deeper/file.txt' }, ['/sub/', '/']],
    ['lastModified: false', { lastModified: false }, FILES],
    ['maxAge: milliseconds', { maxAge: 12_345 }, FILES],
    ['maxAge: text', { maxAge: '2 days' }, FILES],
    ['maxAge: negative', { maxAge: -5 }, FILES],
    ['maxAge: negative text', { maxAge: '-1d' }, FILES],
    ['maxAge: more than a year', { maxAge: Number.POSITIVE_INFINITY }, FILES],
    ['redirect: false', { redirect: false }, DIRECTORIES],
  ])('%s', async (_option, options, targets) => {
    await use(options)
    await expectSame(targets)
    await expectSame(targets, { method: 'HEAD' })
  })

  test('acceptRanges: false ignores ranges', async () => {
    await use({ acceptRanges: false })
    await expectSame(['/poem.txt'], { headers: ['Range: bytes=0-4'] })
  })

  test('etag: false and lastModified: false have no validator to compare with', async () => {
    await use({ etag: false, lastModified: false })
    for (const field of ['If-None-Match: "x"', `If-Modified-Since: ${LATER}`, 'If-Match: "x"']) {
      await expectSame(['/poem.txt'], { headers: [field] })
    }
  })

  test.each(['POST', 'OPTIONS'])(
    'fallthrough: false responds to %s with 405 and Allow',
    async (method) => {
      await use({ fallthrough: false })
      const { theirs, ours } = await pair.ask('/poem.txt', { method })
      expect(ours.status).toBe(405)
      expect(ours.headers).toMatchObject({ allow: 'GET, HEAD', 'content-length': '0' })
      expectAlike({ theirs, ours })
    },
  )

  test('setHeaders: what it sets is kept', async () => {
    await use({
      setHeaders(res, path, stat) {
        res.setHeader('X-Told', `${path} ${stat.size} ${stat.mtime.toISOString()} ${stat.isFile()}`)
        res.setHeader('Content-Type', 'text/x-own')
        res.setHeader('Cache-Control', 'no-store')
        res.setHeader('Last-Modified', EARLIER)
        res.setHeader('ETag', '"own"')
        res.setHeader('Vary', 'Origin')
        res.setHeader('Set-Cookie', ['a=b', 'c=d'])
      },
    })
    await expectSame(FILES)
    await expectSame(['/sub', '/nothing'])
    for (const field of [
      'If-None-Match: "own"',
      `If-Modified-Since: ${EARLIER}`,
      'Range: bytes=1-2',
    ]) {
      await expectSame(['/poem.txt'], { headers: [field] })
    }
  })

  test('setHeaders is not called for a redirect, a missing file or a refusal', async () => {
    const called: string[] = []
    await use({ setHeaders: (_res, path) => void called.push(path) })
    await expectSame(['/sub', '/nothing', '/.hidden', '/%'])
    expect(called).toEqual([])
  })
})

describe('mounted below a path', () => {
  test('the same files and redirects', async () => {
    await use({}, root, '/static')
    await expectSame([
      '/static',
      '/static?a=b',
      '/static/',
      '/static/poem.txt',
      '/static/sub',
      '/static/sub?a=%20b',
      '/static/sub/',
      '/static/nothing',
      '/static/../secret',
      '/staticpoem.txt',
      '/poem.txt',
    ])
  })

  test('below a directory without an index', async () => {
    await use({ index: false }, root, '/static')
    await expectSame(['/static', '/static/'])
  })

  test('below a directory, without redirects', async () => {
    await use({ redirect: false, fallthrough: false }, root, '/static')
    await expectSame(['/static', '/static/', '/static/sub'])
  })
})

describe('a file as the root', () => {
  test.each([{}, { index: false }, { fallthrough: false }, { extensions: ['txt'] }] as const)(
    'mounted below a path, with %j',
    async (options) => {
      await use({ ...options } as Options, join(root, 'poem.txt'), '/poem')
      await expectSame(['/poem', '/poem?a=b', '/poem/', '/poem/more'])
    },
  )
})

test('a root that does not exist', async () => {
  await use({ fallthrough: false }, join(root, 'nothing-here'))
  await expectSame(['/', '/a', '/a/'])
})
