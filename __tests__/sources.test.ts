import {
  diskSource,
  firstOf,
  memorySource,
  type Source,
  type SourceFile,
  type StreamFilesOptions,
  streamFiles,
  streamResponse,
} from '../lib/index.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { type RawResponse, request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const root = directoryOf({
  'a.txt': 'from disk',
  'both/index.html': 'disk index',
  'c.txt': 'third',
})

afterAll(removeDirectories)

function get(
  source: Parameters<typeof streamFiles>[0],
  target: string,
  headers: readonly string[] = [],
  options: Parameters<typeof streamFiles>[1] = {},
): Promise<RawResponse> {
  return withServer(streamFiles(source, options), ({ port }) => request(port, target, { headers }))
}

const textOf = async (source: Parameters<typeof streamFiles>[0], target: string) => {
  const { status, body } = await get(source, target)
  return status === 200 ? body.toString() : status
}

/** A source of one file with this metadata. */
function sourceOf(metadata: Partial<SourceFile>, content = 'content'): Source {
  return {
    open: () => ({
      size: content.length,
      chunks: ({ start, end }) => [Buffer.from(content).subarray(start, end + 1)],
      ...metadata,
    }),
  }
}

describe('memorySource', () => {
  test('files are found in a Map and in an object, as text and as bytes', async () => {
    const files = { 'a.txt': 'text', 'b/c.bin': Buffer.from([1, 2]) }
    for (const source of [memorySource(files), memorySource(new Map(Object.entries(files)))]) {
      expect(await textOf(source, '/a.txt')).toBe('text')
      expect((await get(source, '/b/c.bin')).body).toEqual(Buffer.from([1, 2]))
      expect(await textOf(source, '/b')).toBe(404)
    }
  })

  test.each([
    [{ '/a.txt': 'x' }, 'a name must be a string without a leading slash, not "/a.txt"'],
    [new Map([[5, 'x']]), 'a name must be a string without a leading slash, not 5'],
    [{ a: 5 }, 'the content of "a" must be a string or a Uint8Array, not 5'],
    [new Map([['a', null]]), 'the content of "a" must be a string or a Uint8Array, not null'],
  ])('%p is a TypeError', (files, message) => {
    expect(() => memorySource(files as never)).toThrow(`memorySource: ${message}`)
  })

  test.each([
    ['a Set', new Set(['a.txt'])],
    ['an array', [['a.txt', 'x']]],
    ['a WeakMap', new WeakMap()],
    ['a promise', Promise.resolve({ 'a.txt': 'x' })],
    ['null', null],
    ['a string', 'a.txt'],
  ])('files as %s are a TypeError', (_what, files) => {
    const message =
      'memorySource: files must be a Map or an object of names and their content, not '
    expect(() => memorySource(files as never)).toThrow(TypeError)
    expect(() => memorySource(files as never)).toThrow(message)
  })

  test.each(['constructor', '__proto__', 'get', 'toString'])(
    '%s is no file of an object that does not have it',
    async (name) => {
      expect(await textOf(memorySource({}), `/${name}`)).toBe(404)
    },
  )

  test('an object may have a file named get', async () => {
    expect(await textOf(memorySource({ get: 'a file' }), '/get')).toBe('a file')
  })

  test('a file that is added, replaced or deleted is so for the next request', async () => {
    const files = new Map([['a.txt', 'one']])
    const source = memorySource(files)
    const first = await get(source, '/a.txt')
    files.set('a.txt', 'two')
    const changed = await get(source, '/a.txt', [`If-None-Match: ${first.headers.etag}`])
    expect([changed.status, changed.body.toString()]).toEqual([200, 'two'])
    files.delete('a.txt')
    expect(await textOf(source, '/a.txt')).toBe(404)
    files.set('a.txt', 'one')
    expect((await get(source, '/a.txt')).headers.etag).toBe(first.headers.etag)
  })

  test('a client that is being sent a file gets the version that was opened', async () => {
    const files = new Map([['a.txt', 'x'.repeat(100_000)]])
    const source = memorySource(files)
    const transform = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        files.set('a.txt', 'y'.repeat(100_000))
        yield chunk
      }
    }
    const { body } = await get(source, '/a.txt', [], { transform, chunkSize: 1000 })
    expect(body.toString()).toBe('x'.repeat(100_000))
  })

  test.each([[undefined], [null], ['text'], [5], [['a']]])('it is not made of %p', (files) => {
    expect(() => memorySource(files as never)).toThrow(
      /^memorySource: files must be a Map or an object of names and their content, not /,
    )
  })

  test('content that is neither bytes nor text is a 500', async () => {
    const files = new Map([['a', 'text']])
    const source = memorySource(files)
    files.set('a', 5 as never)
    expect(await textOf(source, '/a')).toBe(500)
  })
})

describe('diskSource', () => {
  test('it is the directory, with its symlink policy', async () => {
    expect(await textOf(diskSource(root), '/a.txt')).toBe('from disk')
    expect((await get(diskSource(root), '/both')).status).toBe(301)
  })

  test('a source that wraps it serves its files', async () => {
    const disk = diskSource(root)
    const wrapped: Source = {
      open: (name, context) => disk.open(name.replace('tenant/', ''), context),
    }
    const whole = await get(wrapped, '/tenant/a.txt')
    expect(whole.body.toString()).toBe('from disk')
    expect(whole.headers['last-modified']).toBe('Thu, 29 Feb 2024 12:34:56 GMT')
    expect(whole.headers.etag).toBe((await get(root, '/a.txt')).headers.etag)
    expect(await textOf(wrapped, '/tenant/none')).toBe(404)
  })

  test('a source that rebuilds its files serves the same bytes and tags', async () => {
    const disk = diskSource(root)
    const rebuilt: Source = {
      async open(name, context) {
        const file = await disk.open(name, context)
        if (file === undefined) return undefined
        const { size, modified, etag } = file
        return {
          size,
          modified,
          etag,
          chunks: (options) => file.chunks(options),
          close: () => file.close?.(),
        }
      },
    }
    const whole = await get(rebuilt, '/a.txt')
    const direct = await get(root, '/a.txt')
    expect(whole.body.toString()).toBe('from disk')
    expect(whole.headers.etag).toBe(direct.headers.etag)
    expect(whole.headers['last-modified']).toBe(direct.headers['last-modified'])
    const parts = await get(rebuilt, '/a.txt', ['Range: bytes=0-3,5-8'])
    expect(parts.body.toString()).toContain('from')
    expect(parts.body.toString()).toContain('disk')
    expect(parts.complete).toBe(true)
  })

  test.each([[undefined], [''], [5], ['a\0b']])('its root may not be %p', (wrong) => {
    expect(() => diskSource(wrong as string)).toThrow(
      /^diskSource: root must be the path or file: URL of a directory, not /,
    )
  })

  test('it knows no option but symlinks', () => {
    expect(() => diskSource(root, { cache: false } as object)).toThrow(
      'diskSource: unknown option "cache"; it knows symlinks',
    )
  })
})

describe('firstOf, and several roots', () => {
  const memory = memorySource({ 'a.txt': 'from memory', 'b.txt': 'only memory' })

  test.each([
    ['firstOf', firstOf(memory, root)],
    ['an array', [memory, root]],
  ])('%s takes each name from the first that has it', async (_what, source) => {
    expect(await textOf(source, '/a.txt')).toBe('from memory')
    expect(await textOf(source, '/b.txt')).toBe('only memory')
    expect(await textOf(source, '/c.txt')).toBe('third')
    expect(await textOf(source, '/both/')).toBe('disk index')
    expect((await get(source, '/both')).headers.location).toBe('/both/')
    expect(await textOf(source, '/none')).toBe(404)
    expect(await textOf(source, '/../a.txt')).toBe(404)
  })

  test('a source that fails is not passed over, one that refuses is', async () => {
    const failing = (status: number): Source => ({
      open: () => Promise.reject(Object.assign(new Error('x'), { status })),
    })
    expect(await textOf([failing(502), root], '/a.txt')).toBe(502)
    expect(await textOf([failing(403), root], '/a.txt')).toBe('from disk')
    const refused = await get([failing(403), root], '/none', [], { fallthrough: false })
    expect(refused.status).toBe(403)
  })

  test.each([
    [403, 404],
    [404, 404],
    [410, 410],
    [429, 429],
  ])('a source that throws %i on a bare server is a %i', async (status, expected) => {
    const source: Source = {
      open() {
        throw Object.assign(new Error('x'), { status })
      },
    }
    expect(await textOf(source, '/a.txt')).toBe(expected)
  })

  test('a file that appears in an earlier root is served at once, from a cache or not', async () => {
    const earlier = new Map<string, string>()
    const files = streamFiles([memorySource(earlier), root])
    await withServer(files, async ({ port }) => {
      const text = async () => (await request(port, '/a.txt')).body.toString()
      expect([await text(), await text()]).toEqual(['from disk', 'from disk'])
      earlier.set('a.txt', 'new')
      expect(await text()).toBe('new')
      earlier.delete('a.txt')
      expect(await text()).toBe('from disk')
    })
  })

  test.each([[[]], [[root, '']], [[root, {}]], [[[root]]]])('roots may not be %p', (roots) => {
    expect(() => streamFiles(roots as never)).toThrow(/^streamFiles: root must /)
  })

  test('firstOf needs valid sources', () => {
    expect(() => firstOf()).toThrow('firstOf: at least one source is required')
    expect(() => firstOf(root, 5 as never)).toThrow(
      'firstOf: a source must be the path or file: URL of a directory, or a source, not 5',
    )
  })
})

test.each<[StreamFilesOptions, string]>([
  [{ symlinks: 'deny' }, 'option "symlinks" is for a root that is a path'],
  [{ cache: {} }, 'option "cache" is for files of the disk'],
])('%j does not go with sources that are not the disk', (options, message) => {
  const memory = memorySource({})
  for (const source of [memory, [memory, memory], firstOf(memory, firstOf(memory))]) {
    expect(() => streamFiles(source, options as object)).toThrow(`streamFiles: ${message}`)
  }
  expect(() => streamFiles([memory, root], options as object)).not.toThrow()
})

describe('what a source knows of a file', () => {
  test('its tag, type and date are sent, and conditions are of them', async () => {
    const modified = new Date('2024-02-29T12:34:56.789Z')
    const source = sourceOf({ etag: 'W/"own"', type: 'text/x-own', modified })
    const { headers } = await get(source, '/a.txt')
    expect(headers).toMatchObject({
      etag: 'W/"own"',
      'content-type': 'text/x-own',
      'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
    })
    expect((await get(source, '/a.txt', ['If-None-Match: "own"'])).status).toBe(304)
    const range = ['Range: bytes=0-1', 'If-Range: W/"own"']
    expect((await get(source, '/a.txt', range)).status).toBe(200)
  })

  test('without a tag, one is made of size and date, and none without a date', async () => {
    const dated = await get(sourceOf({ modified: new Date('2024-02-29') }), '/a')
    expect(dated.headers.etag).toMatch(/^"7-[0-9a-f]+"$/)
    expect((await get(sourceOf({ modified: new Date(0) }), '/a')).headers).not.toHaveProperty(
      'etag',
    )
    const { headers } = await get(sourceOf({}), '/a')
    expect(headers).not.toHaveProperty('etag')
    expect(headers).not.toHaveProperty('last-modified')
  })

  test('the option etag goes before it', async () => {
    const source = sourceOf({ etag: '"own"' })
    expect((await get(source, '/a', [], { etag: false })).headers).not.toHaveProperty('etag')
    expect((await get(source, '/a', [], { etag: () => 'x' })).headers.etag).toBe('"x"')
  })

  const stored = {
    etag: '"own"',
    contentEncoding: 'gzip',
    contentLanguage: 'en',
    contentDisposition: 'attachment; filename="x"',
    cacheControl: 'private, max-age=5',
  }

  test('its stored headers are sent, on a 304 only the cache policy, and on a 412 and a 416 none', async () => {
    const source = sourceOf(stored)
    const sent = {
      'content-encoding': 'gzip',
      'content-language': 'en',
      'content-disposition': 'attachment; filename="x"',
      'cache-control': 'private, max-age=5',
    }
    expect((await get(source, '/a')).headers).toMatchObject(sent)
    expect((await get(source, '/a', ['Range: bytes=0-1'])).headers).toMatchObject(sent)
    const { headers } = await get(source, '/a', ['If-None-Match: "own"'])
    expect(headers['cache-control']).toBe('private, max-age=5')
    expect(headers).not.toHaveProperty('content-encoding')
    for (const field of ['If-Match: "x"', 'Range: bytes=99-']) {
      const failed = await get(source, '/a', [field])
      for (const name of Object.keys(sent)) expect(failed.headers).not.toHaveProperty(name)
    }
  })

  test.each([
    [{ maxAge: 1000 }, 'public, max-age=1'],
    [{ immutable: true }, 'public, max-age=0, immutable'],
    [{ cacheControl: false }, undefined],
    [{}, 'private, max-age=5'],
  ])('with %j the cache policy is %s', async (options, policy) => {
    const { headers } = await get(sourceOf(stored), '/a', [], options)
    expect(headers['cache-control']).toBe(policy)
  })

  test('headers of the application go before the stored ones', async () => {
    const setHeaders: StreamFilesOptions['setHeaders'] = (res) => {
      res.setHeader('Content-Disposition', 'inline')
      res.removeHeader('Content-Language')
    }
    const { headers } = await get(sourceOf(stored), '/a', [], { setHeaders })
    expect(headers['content-disposition']).toBe('inline')
    expect(headers).not.toHaveProperty('content-language')
    const listener: Parameters<typeof withServer>[0] = (_req, res) => {
      res.setHeader('Content-Language', 'de')
      const file = firstOf(sourceOf(stored)).file('a')
      void streamResponse(res, file, { headers: { 'Content-Disposition': 'inline' } })
    }
    const route = await withServer(listener, ({ port }) => request(port, '/'))
    expect(route.headers).toMatchObject({
      'content-language': 'de',
      'content-disposition': 'inline',
      'content-encoding': 'gzip',
    })
  })

  test('a file of unknown size is sent whole, without ranges', async () => {
    const { status, headers, body } = await get(sourceOf({ size: undefined }), '/a', [
      'Range: bytes=0-1',
    ])
    expect([status, body.toString()]).toEqual([200, 'content'])
    expect(headers).not.toHaveProperty('accept-ranges')
  })
})

test.each([['extensions'], ['index'], ['root'], ['symlinks'], ['follow'], ['followIdle']])(
  'streamResponse with a file of a source does not take "%s"',
  (option) => {
    const res = { writeHead() {}, setHeader() {} }
    const values = { symlinks: 'deny', follow: true, followIdle: 5 }
    const options = { [option]: Reflect.get(values, option) ?? 'x' }
    expect(() =>
      streamResponse(res as never, memorySource({}).file('a'), options as object),
    ).toThrow(`streamResponse: option "${option}" is for a `)
  },
)
