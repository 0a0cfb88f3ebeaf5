import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { streamFiles } from '../lib/index.js'
import { setClockAhead } from './support/clock.js'
import { fileSystemCalls } from './support/file-system-calls.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { request } from './support/raw-http.js'
import { type TestServer, withServer } from './support/server.js'

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

const text = async ({ port }: TestServer, target: string) => {
  const { status, body } = await request(port, target)
  return status === 200 ? body.toString() : status
}

test('a cached file costs its revalidation, and one lstat for each root before its own', async () => {
  const roots = [
    directoryOf({}),
    directoryOf({}),
    directoryOf({ 'a.txt': 'third' }),
    directoryOf({}),
  ]
  await withServer(streamFiles(roots), async (server) => {
    await text(server, '/a.txt')
    const { result, calls } = await fileSystemCalls(() => text(server, '/a.txt'))
    expect(result).toBe('third')
    expect(calls.sort()).toEqual(['lstat', 'lstat', 'lstat'])
  })
})

test('a file of an earlier root is served from the moment it is there to the moment it is not', async () => {
  const [first, second] = [directoryOf({}), directoryOf({ 'a.txt': 'second' })]
  const path = join(first, 'a.txt')
  await withServer(streamFiles([first, second]), async (server) => {
    for (const round of ['one', 'two']) {
      expect([await text(server, '/a.txt'), await text(server, '/a.txt')]).toEqual([
        'second',
        'second',
      ])
      writeFileSync(path, round)
      expect([await text(server, '/a.txt'), await text(server, '/a.txt')]).toEqual([round, round])
      rmSync(path)
    }
  })
})

test('a directory in an earlier root does not hide a file in a later one', async () => {
  const [first, second] = [directoryOf({}), directoryOf({ about: 'a file' })]
  await withServer(streamFiles([first, second]), async (server) => {
    expect(await text(server, '/about')).toBe('a file')
    mkdirSync(join(first, 'about'))
    expect(await text(server, '/about')).toBe('a file')
    expect(await text(server, '/about/')).toBe(404)
    rmdirSync(join(first, 'about'))
    expect(await text(server, '/about')).toBe('a file')
  })
})

test('directories are merged', async () => {
  const roots = [
    directoryOf({ 'docs/a.html': 'a', 'only-first/x.txt': '' }),
    directoryOf({ 'docs/index.html': 'index', 'docs/a.html': 'hidden', 'b/index.html': 'b' }),
  ]
  await withServer(streamFiles(roots), async (server) => {
    expect(await text(server, '/docs/')).toBe('index')
    expect(await text(server, '/docs/a.html')).toBe('a')
    expect(await text(server, '/docs')).toBe(301)
    expect(await text(server, '/b')).toBe(301)
    expect(await text(server, '/only-first')).toBe(301)
  })
})

test('the names of a request are tried in order, each in all roots', async () => {
  const roots = [directoryOf({ 'page.html': 'first' }), directoryOf({ page: 'second' })]
  await withServer(streamFiles(roots, { extensions: ['html'] }), async (server) => {
    expect(await text(server, '/page')).toBe('second')
  })
})

test('options and refusals hold for all roots', async () => {
  const roots = [directoryOf({ 'a.txt': 'a' }), directoryOf({ '.env': 'SECRET', 'b.txt': 'b' })]
  const files = streamFiles(roots, { maxAge: 1000, cache: false })
  await withServer(files, async (server) => {
    for (const name of ['a.txt', 'b.txt']) {
      const { headers } = await request(server.port, `/${name}`)
      expect(headers['cache-control']).toBe('public, max-age=1')
    }
    const { result, calls } = await fileSystemCalls(() => text(server, '/.env'))
    expect([result, calls]).toEqual([404, []])
  })
})
