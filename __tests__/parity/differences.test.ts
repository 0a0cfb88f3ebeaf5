import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import compression from 'compression'
import type { StreamFilesOptions } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { age, directoryOf, patternOf, removeDirectories } from '../support/files.js'
import {
  type Asked,
  type BothResponses,
  expressStatic,
  mounted,
  type SideBySide,
  sideBySide,
} from '../support/side-by-side.js'

// The differences of docs/parity.md, tested on both sides, so that a change in Express is noticed.

const root = directoryOf({
  'poem.txt': 'twenty letters of it',
  'large.bin': patternOf(100_000),
  'empty.txt': '',
  'caf\u00e9.txt': 'coffee',
  'dated.txt': 'old',
  'sub/index.html': '<p>sub</p>',
  '.well-known/security.txt': 'contact',
  '.hidden/file.txt': 'below a directory with a dot',
})

const pairs: SideBySide[] = []

async function pairOf(options: StreamFilesOptions = {}): Promise<SideBySide> {
  const pair = await mounted(
    expressStatic(root, options as Parameters<typeof expressStatic>[1]),
    streamFiles(root, options),
  )
  pairs.push(pair)
  return pair
}

async function ask(target: string, asked?: Asked, options?: StreamFilesOptions) {
  return (await pairOf(options)).ask(target, asked)
}

afterAll(async () => {
  for (const pair of pairs) await pair.close()
  removeDirectories()
})

test('a whole body is chunked, and theirs has a length', async () => {
  const { theirs, ours } = await ask('/large.bin')
  expect(theirs.headers['content-length']).toBe('100000')
  expect(ours.headers).not.toHaveProperty('content-length')
  expect(ours.chunks).toEqual([65536, 34464])
})

test('a redirect has no HTML', async () => {
  const { theirs, ours } = await ask('/sub')
  expect(String(theirs.body)).toMatch(/^<!DOCTYPE html>/)
  expect(ours).toMatchObject({ status: 301, headers: { 'content-length': '0' } })
  expect(ours.headers).not.toHaveProperty('content-type')
})

test.each([
  '//poem.txt',
  '/./poem.txt',
  '/sub/../poem.txt',
  '/%70oem.txt',
  '/sub%2Findex.html',
  '/sub//',
])('%s is not the canonical spelling, and is not found', async (target) => {
  const { theirs, ours } = await ask(target)
  expect([theirs.status, ours.status]).toEqual([200, 404])
})

test('hex digits in lower case are redirected to upper case, and theirs are served', async () => {
  const { theirs, ours } = await ask('/caf%c3%a9.txt')
  expect([theirs.status, ours.status]).toEqual([200, 301])
  expect(ours.headers.location).toMatch(/\/caf%C3%A9\.txt$/)
})

test('the directory /.well-known/ is served', async () => {
  const { theirs, ours } = await ask('/.well-known/security.txt')
  expect([theirs.status, ours.status]).toEqual([404, 200])
})

test('a tag is strong, and so If-Range and If-Match can use it', async () => {
  const { theirs, ours } = await ask('/poem.txt')
  expect(theirs.headers.etag).toMatch(/^W\//)
  expect(ours.headers.etag).toMatch(/^"/)
  const resumed = await ask('/poem.txt', { headers: ['Range: bytes=0-4', 'If-Range: {etag}'] })
  expect([resumed.theirs.status, resumed.ours.status]).toEqual([206, 206])
})

test('If-Range with a weak tag or a later date sends the whole file (RFC 9110, section 13.1.5)', async () => {
  const pair = await pairOf({ setHeaders: (res) => void res.setHeader('ETag', 'W/"own"') })
  for (const field of ['If-Range: W/"own"', 'If-Range: Fri, 01 Mar 2024 12:34:56 GMT']) {
    const { theirs, ours } = await pair.ask('/poem.txt', { headers: ['Range: bytes=0-4', field] })
    expect([theirs.status, ours.status]).toEqual([206, 200])
  }
})

test('If-Match compares strongly (RFC 9110, section 13.1.1)', async () => {
  const pair = await pairOf({ setHeaders: (res) => void res.setHeader('ETag', 'W/"own"') })
  const { theirs, ours } = await pair.ask('/poem.txt', { headers: ['If-Match: W/"own"'] })
  expect([theirs.status, ours.status]).toEqual([200, 412])
})

test('If-Unmodified-Since does not count without a date to compare with (section 13.1.4)', async () => {
  const headers = ['If-Unmodified-Since: Fri, 01 Mar 2024 12:34:56 GMT']
  const { theirs, ours } = await ask('/poem.txt', { headers }, { lastModified: false })
  expect([theirs.status, ours.status]).toEqual([412, 200])
})

test('Cache-Control: no-cache of a request does not disable its preconditions', async () => {
  const headers = ['If-None-Match: {etag}', 'Cache-Control: no-cache']
  const { theirs, ours } = await ask('/poem.txt', { headers })
  expect([theirs.status, ours.status]).toEqual([200, 304])
})

test('a date in no HTTP format is not a precondition', async () => {
  const headers = ['If-Modified-Since: 2024-03-01']
  const { theirs, ours } = await ask('/poem.txt', { headers })
  expect([theirs.status, ours.status]).toEqual([304, 200])
})

test('412 and 416 are sent at once, and theirs go through the error handlers', async () => {
  const failed = await ask('/poem.txt', { headers: ['If-Match: "x"'] })
  expect([String(failed.theirs.body), String(failed.ours.body)]).toEqual(['error 412', ''])
  expect(failed.ours.headers).toMatchObject({ 'content-length': '0' })
  const beyond = await ask('/poem.txt', { headers: ['Range: bytes=20-'] })
  expect([String(beyond.theirs.body), String(beyond.ours.body)]).toEqual(['error 416', ''])
  expect(beyond.ours.headers).toMatchObject({
    'content-range': 'bytes */20',
    'content-length': '0',
  })
})

test.each([
  ['a suffix longer than the file is the whole file', 'bytes=-500', 416, 206],
  ['an inverted range means nothing', 'bytes=5-2', 416, 200],
  ['the response to several ranges has several parts', 'bytes=0-1,8-9', 200, 206],
  ['the unit has no case', 'BYTES=0-1', 200, 206],
])('%s', async (_rule, range, theirStatus, ourStatus) => {
  const { theirs, ours } = await ask('/poem.txt', { headers: [`Range: ${range}`] })
  expect([theirs.status, ours.status]).toEqual([theirStatus, ourStatus])
})

test('HEAD knows no ranges (section 14.2)', async () => {
  const { theirs, ours } = await ask('/poem.txt', { method: 'HEAD', headers: ['Range: bytes=0-1'] })
  expect([theirs.status, ours.status]).toEqual([206, 200])
  expect(ours.headers['content-length']).toBe('20')
})

test('a suffix of an empty file is the whole of it', async () => {
  const { theirs, ours } = await ask('/empty.txt', { headers: ['Range: bytes=-5'] })
  expect([theirs.status, ours.status]).toEqual([416, 200])
})

const onPosix = process.platform === 'win32' ? test.skip : test

onPosix(
  'a link that leads out of the root is not found (links need rights on Windows)',
  async () => {
    const outside = directoryOf({ 'secret.txt': 'secret' })
    symlinkSync(join(outside, 'secret.txt'), join(root, 'link.txt'))
    const { theirs, ours } = await ask('/link.txt')
    expect([theirs.status, ours.status]).toEqual([200, 404])
    expect((await ask('/link.txt', {}, { symlinks: 'follow' })).ours.status).toBe(200)
  },
)

test.each([
  ['the epoch', 0],
  ['a time to come', Date.UTC(2999, 0, 1)],
])('a file dated to %s has no Last-Modified', async (_when, time) => {
  age(join(root, 'dated.txt'), new Date(time))
  const { theirs, ours } = await ask('/dated.txt')
  expect(theirs.headers).toHaveProperty('last-modified')
  expect(ours.headers).not.toHaveProperty('last-modified')
})

test('a file dated to the epoch has another tag once it is written again', async () => {
  const path = join(root, 'dated.txt')
  const pair = await pairOf()
  const tags: BothResponses[] = []
  for (const content of ['old', 'new']) {
    writeFileSync(path, content)
    age(path, new Date(0))
    tags.push(await pair.ask('/dated.txt'))
  }
  const [first, second] = tags
  expect(second?.theirs.headers.etag).toBe(first?.theirs.headers.etag)
  expect(second?.ours.headers.etag).not.toBe(first?.ours.headers.etag)
})

test('a file that was changed just now is never a 304', async () => {
  const pair = await pairOf()
  age(join(root, 'dated.txt'), new Date())
  const { theirs, ours } = await pair.ask('/dated.txt', { headers: ['If-None-Match: {etag}'] })
  expect([theirs.status, ours.status]).toEqual([304, 200])
})

test('a range is not compressed', async () => {
  const pair = await sideBySide(
    (app) => app.use(compression({ threshold: 0 }), expressStatic(root)),
    (app) => app.use(compression({ threshold: 0 }), streamFiles(root)),
  )
  pairs.push(pair)
  const headers = ['Accept-Encoding: gzip', 'Range: bytes=0-5']
  const { theirs, ours } = await pair.ask('/poem.txt', { headers })
  expect(theirs.headers).toMatchObject({ 'content-encoding': 'gzip' })
  expect(ours.headers).not.toHaveProperty('content-encoding')
  expect(String(ours.body)).toBe('twenty')
})

test.each<[string, object]>([
  ['unknown', { dotFiles: 'deny' }],
  ['of a wrong type', { redirect: 'no' }],
])('an option that is %s is an error at once', (_what, options) => {
  expect(() => expressStatic(root, options)).not.toThrow()
  expect(() => streamFiles(root, options)).toThrow(TypeError)
})

test('a status that was set is kept, ranges or not', async () => {
  const options: StreamFilesOptions = {
    setHeaders(res) {
      res.statusCode = 203
    },
  }
  const { theirs, ours } = await ask('/poem.txt', { headers: ['Range: bytes=0-1'] }, options)
  expect([theirs.status, ours.status]).toEqual([206, 203])
})

describe('streamResponse', () => {
  async function answersOf(path: string, ourPath = path) {
    const pair = await sideBySide(
      (app) => app.use((_req, res) => res.sendFile(path)),
      (app) => app.use((_req, res) => void streamResponse(res, ourPath)),
    )
    pairs.push(pair)
    return pair.ask('/')
  }

  test('serves a file below a directory with a dot, whose path the application trusts', async () => {
    const { theirs, ours } = await answersOf(join(root, '.hidden/file.txt'))
    expect([theirs.status, ours.status]).toEqual([404, 200])
  })

  test('fails for a directory, and theirs falls through to the next route', async () => {
    const { theirs, ours } = await answersOf(join(root, 'sub'))
    expect([String(theirs.body), String(ours.body)]).toEqual(['nothing found', 'error 404'])
  })

  test('takes a relative path', async () => {
    expect((await answersOf('poem.txt', 'package.json')).ours.status).toBe(200)
  })

  test('gives a part of a file a tag of its own', async () => {
    const pair = await sideBySide(
      (app) => app.use((_req, res) => res.sendFile(join(root, 'poem.txt'), { end: 4 } as never)),
      (app) => app.use((_req, res) => void streamResponse(res, join(root, 'poem.txt'), { end: 4 })),
    )
    pairs.push(pair)
    const part = await pair.ask('/')
    const whole = await ask('/poem.txt')
    expect(part.theirs.headers.etag).toBe(whole.theirs.headers.etag)
    expect(part.ours.headers.etag).not.toBe(whole.ours.headers.etag)
  })

  test('has an etag option, and theirs app.disable("etag")', async () => {
    const pair = await sideBySide(
      (app) => app.disable('etag').use((_req, res) => res.sendFile(join(root, 'poem.txt'))),
      (app) =>
        app.use((_req, res) => void streamResponse(res, join(root, 'poem.txt'), { etag: false })),
    )
    pairs.push(pair)
    const { theirs, ours } = await pair.ask('/')
    expect([theirs.headers.etag, ours.headers.etag]).toEqual([undefined, undefined])
  })
})
