import { join } from 'node:path'
import type { Request, Response } from 'express'
import { type StreamResponseOptions, streamResponse } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { type Asked, expectAlike, type SideBySide, sideBySide } from '../support/side-by-side.js'

const LAST_MODIFIED = 'Thu, 29 Feb 2024 12:34:56 GMT'
const EARLIER = 'Wed, 28 Feb 2024 12:34:56 GMT'

const root = directoryOf({
  'poem.txt': 'twenty letters of it',
  'page.html': '<p>page</p>',
  'empty.txt': '',
  'large.bin': patternOf(200_000),
  'with space & ümlaut %41.txt': 'name',
  'sub/index.html': '<p>sub</p>',
  '.hidden': 'secret',
  '.directory/file.txt': 'secret',
})
const poem = join(root, 'poem.txt')

type Options = StreamResponseOptions & { headers?: Record<string, string> }
type Prepare = (req: Request, res: Response) => void

const pairs: SideBySide[] = []

afterAll(async () => {
  for (const pair of pairs) await pair.close()
  removeDirectories()
})

async function pairOf(
  ours: (res: Response) => void,
  theirs: (res: Response) => void,
  prepare: Prepare,
) {
  const pair = await sideBySide(
    (app) =>
      app.use((req, res) => {
        prepare(req, res)
        theirs(res)
      }),
    (app) =>
      app.use((req, res) => {
        prepare(req, res)
        ours(res)
      }),
  )
  pairs.push(pair)
  return pair
}

function sendFile(path: string, options: Options = {}, prepare: Prepare = () => {}) {
  return pairOf(
    (res) => void streamResponse(res, path, options),
    (res) => res.sendFile(path, options as never),
    prepare,
  )
}

async function expectSame(pair: SideBySide, asked?: Asked, target = '/any/route'): Promise<void> {
  expectAlike(await pair.ask(target, asked))
}

describe('res.sendFile and streamResponse', () => {
  test.each(['poem.txt', 'page.html', 'empty.txt', 'large.bin', 'with space & ümlaut %41.txt'])(
    'send %s alike',
    async (name) => {
      const pair = await sendFile(join(root, name))
      await expectSame(pair)
      await expectSame(pair, { method: 'HEAD' })
      await expectSame(pair, { version: '1.0' })
    },
  )

  test.each([
    'Range: bytes=0-4',
    'Range: bytes=-5',
    'Range: bytes=20-',
    'If-None-Match: {etag}',
    'If-None-Match: *',
    `If-Modified-Since: ${LAST_MODIFIED}`,
    `If-Modified-Since: ${EARLIER}`,
    'If-Match: "x"',
    `If-Unmodified-Since: ${EARLIER}`,
  ])('evaluate %s', async (field) => {
    await expectSame(await sendFile(poem), { headers: [field] })
  })

  test.each<[string, string, Options]>([
    ['root', 'poem.txt', { root }],
    ['root, and a path with a slash', '/poem.txt', { root }],
    ['root, and a path with dots', 'sub/../poem.txt', { root }],
    ['root, and an index', 'sub/', { root }],
    ['root, and a path above it', '../poem.txt', { root: join(root, 'sub') }],
    ['root, and a dotfile', '.hidden', { root }],
    ['root, and a directory with a dot', '.directory/file.txt', { root }],
    ['root, and a dotfile denied', '.hidden', { root, dotfiles: 'deny' }],
    ['root, and a dotfile allowed', '.hidden', { root, dotfiles: 'allow' }],
    ['root, and nothing there', 'nothing.txt', { root }],
    ['root, and what looks encoded', 'with space & ümlaut %41.txt', { root }],
    ['an absolute path with nothing there', join(root, 'nothing.txt'), {}],
    ['an absolute path of a dotfile, denied', join(root, '.hidden'), { dotfiles: 'deny' }],
    ['an absolute path of a dotfile, ignored', join(root, '.hidden'), { dotfiles: 'ignore' }],
    ['an absolute path of a dotfile, allowed', join(root, '.hidden'), { dotfiles: 'allow' }],
    ['acceptRanges', poem, { acceptRanges: false }],
    ['cacheControl', poem, { cacheControl: false }],
    ['extensions', join(root, 'page'), { extensions: ['html'] }],
    [
      'headers',
      poem,
      { headers: { 'X-A': 'b', 'Content-Type': 'text/x-own', 'Cache-Control': 'no-store' } },
    ],
    ['immutable', poem, { immutable: true, maxAge: '1d' }],
    ['lastModified', poem, { lastModified: false }],
    ['maxAge', poem, { maxAge: 5000 }],
    ['start', poem, { start: 7 }],
    ['end', poem, { end: 5 }],
    ['start and end', poem, { start: 7, end: 13 }],
    ['end beyond the file', poem, { start: 7, end: 1300 }],
    ['start beyond the file', poem, { start: 1300 }],
  ])('know the option %s', async (_what, path, options) => {
    const pair = await sendFile(path, options)
    await expectSame(pair)
    await expectSame(pair, { method: 'HEAD' })
  })

  test.each(['bytes=0-1', 'bytes=-2', 'bytes=3-', 'bytes=7-', 'bytes=6-100'])(
    'count %s from the beginning of the part',
    async (range) => {
      const pair = await sendFile(poem, { start: 7, end: 13 })
      await expectSame(pair, { headers: [`Range: ${range}`] })
    },
  )

  test('send a status that was set, whatever the preconditions', async () => {
    const pair = await sendFile(poem, { acceptRanges: false }, (_req, res) => res.status(404))
    await expectSame(pair)
    await expectSame(pair, { method: 'HEAD' })
    await expectSame(pair, { headers: ['If-None-Match: {etag}'] })
  })

  test.each<[string, Prepare]>([
    ['Content-Type', (_req, res) => res.type('text/x-own')],
    ['Cache-Control', (_req, res) => res.set('Cache-Control', 'private')],
    ['ETag', (_req, res) => res.set('ETag', '"own"')],
    ['Last-Modified', (_req, res) => res.set('Last-Modified', EARLIER)],
    ['Vary', (_req, res) => res.vary('Origin')],
    ['Content-Disposition', (_req, res) => res.set('Content-Disposition', 'inline')],
    ['Set-Cookie', (_req, res) => res.cookie('a', 'b')],
  ])('keep %s where it was set', async (_name, prepare) => {
    const pair = await sendFile(poem, {}, prepare)
    await expectSame(pair)
    await expectSame(pair, { headers: ['If-None-Match: "own"'] })
    await expectSame(pair, { headers: [`If-Modified-Since: ${EARLIER}`] })
    await expectSame(pair, { headers: ['Range: bytes=2-3'] })
  })
})

describe('res.download and streamResponse with a download name', () => {
  test.each([
    ['the own name', undefined],
    ['another name', 'poem.csv'],
    ['quotes', 'a "quoted" name.txt'],
    ['accents', 'poème.txt'],
    ['another script', '詩.txt'],
    ['a path', '/some/where/poem.txt'],
    ['an emoji', '🎉.txt'],
    ['what looks encoded', '%41.txt'],
    ['an empty name', ''],
  ])('send the same name for %s', async (_what, name) => {
    const pair = await pairOf(
      (res) => void streamResponse(res, poem, { download: name ?? true }),
      (res) => (name === undefined ? res.download(poem) : res.download(poem, name)),
      () => {},
    )
    await expectSame(pair)
    await expectSame(pair, { headers: ['Range: bytes=0-3'] })
    await expectSame(pair, { headers: ['If-None-Match: {etag}'] })
  })

  test('put the name over a Content-Disposition among the headers, and keep the others', async () => {
    const headers = { 'content-disposition': 'inline', 'X-A': 'b' }
    const pair = await pairOf(
      (res) => void streamResponse(res, poem, { download: 'own.txt', headers }),
      (res) => res.download(poem, 'own.txt', { headers }),
      () => {},
    )
    await expectSame(pair)
  })

  test('take the path below a root', async () => {
    const pair = await pairOf(
      (res) => void streamResponse(res, 'sub/index.html', { download: true, root }),
      (res) => res.download('sub/index.html', 'index.html', { root } as never),
      () => {},
    )
    await expectSame(pair)
  })

  test('send no header of a download that does not exist', async () => {
    const missing = join(root, 'nothing.txt')
    const pair = await pairOf(
      (res) => void streamResponse(res, missing, { download: 'own.txt' }),
      (res) => res.download(missing, 'own.txt'),
      () => {},
    )
    const { ours } = await pair.ask('/')
    expect(ours.status).toBe(404)
    expect(ours.headers).not.toHaveProperty('content-disposition')
    await expectSame(pair)
  })
})
