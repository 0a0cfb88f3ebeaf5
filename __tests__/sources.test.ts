import type { OpenContext, Source, SourceFile } from '../lib/index.js'
import { diskSource, firstOf, memorySource, streamFiles, streamResponse } from '../lib/index.js'
import { folderOf, removeFolders } from './support/files.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const root = folderOf({ 'a.txt': 'from disk', 'sub/index.html': 'index', '.env': 'SECRET' })

afterAll(removeFolders)

const bytes = (text: string): SourceFile => ({
  size: text.length,
  async *chunks({ start, end }) {
    yield Buffer.from(text).subarray(start, end + 1)
  },
})

test('a file of a memory source has a strong tag and ranges', () =>
  withServer(streamFiles(memorySource({ 'a.txt': 'hello' })), async ({ port }) => {
    const whole = await request(port, '/a.txt')
    expect(whole.status).toBe(200)
    expect(whole.body.toString()).toBe('hello')
    const { etag = '' } = whole.headers
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    expect((await request(port, '/a.txt', { headers: [`If-None-Match: ${etag}`] })).status).toBe(
      304,
    )
    const part = await request(port, '/a.txt', { headers: ['Range: bytes=1-2'] })
    expect([part.status, part.body.toString()]).toEqual([206, 'el'])
  }))

test('a source is told of the request', async () => {
  const contexts: OpenContext[] = []
  const source: Source = {
    open(_name, context) {
      contexts.push(context)
      return bytes('hello')
    },
  }
  await withServer(streamFiles(source), async ({ port }) => {
    await request(port, '/a.txt', { headers: ['Range: bytes=1-2', 'If-Range: "x"'] })
    await request(port, '/b/c%20d.txt', { method: 'HEAD', headers: ['If-None-Match: "y"'] })
  })
  expect(contexts).toMatchObject([
    { method: 'GET', range: 'bytes=1-2', conditions: { ifRange: '"x"' } },
    { method: 'HEAD', range: undefined, conditions: { ifNoneMatch: '"y"' } },
  ])
})

test('each name comes from the first root that has it', () =>
  withServer(streamFiles([memorySource({ 'a.txt': 'memory' }), root]), async ({ port }) => {
    expect((await request(port, '/a.txt')).body.toString()).toBe('memory')
    expect((await request(port, '/sub/')).body.toString()).toBe('index')
    expect((await request(port, '/sub')).status).toBe(301)
    expect((await request(port, '/none')).status).toBe(404)
  }))

test.each([
  ['a.txt', 200],
  ['/a.txt', 200],
  ['none.txt', 404],
  ['sub', 404],
  ['../a.txt', 403],
  ['.env', 404],
])('streamResponse with the file %j of a source is %d', (name, status) =>
  withServer(
    (_req, res) => void streamResponse(res, firstOf(diskSource(root)).file(name)),
    async ({ port }) => expect((await request(port, '/')).status).toBe(status),
  ),
)
