import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FileInfo, Source, StreamFilesOptions } from '../lib/index.js'
import { streamFiles } from '../lib/index.js'
import { descriptorsBackTo } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from './support/files.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const YEAR = 'public, max-age=31536000, immutable'

const root = directoryOf({
  'index.html': '<p>index</p>',
  'index.html.map': '{}',
  'about.html': '<p>about.html</p>',
  'about/index.html': '<p>about/index.html</p>',
  'about/team.html': '<p>team</p>',
  'assets/index-BfD3kZ2q.js': 'app()',
  'assets/index-BfD3kZ2q.js.map': '{}',
  'assets/index-BfD3kZ2q.js.map.gz': gzipSync('{}'),
  'assets/caf\u00e9.ts': 'type A = 1',
  'robots.txt': 'User-agent: *',
  'model.GLB': 'glTF',
  'notes.foo': 'foo',
  'large-BfD3kZ2q.js': 'x'.repeat(300_000),
})
afterAll(removeDirectories)

function get(
  options: StreamFilesOptions,
  target: string,
  asked: NonNullable<Parameters<typeof request>[2]> = {},
) {
  const app = express()
  app.use(streamFiles(root, options))
  return withServer(app, ({ port }) => request(port, target, asked))
}

describe("cacheControl: 'fingerprinted'", () => {
  const options = { cacheControl: 'fingerprinted' } as const

  test.each([
    ['/assets/index-BfD3kZ2q.js', YEAR],
    ['/large-BfD3kZ2q.js', YEAR],
    ['/', 'no-cache'],
    ['/about.html', 'no-cache'],
    ['/robots.txt', 'public, max-age=3600'],
    ['/assets/index-BfD3kZ2q.js.map', 'public, max-age=3600'],
  ])('%s gets %j, on 200, 206, 304 and HEAD', async (target, expected) => {
    const given = { ...options, maxAge: '1h' }
    const { headers } = await get(given, target)
    for (const [status, asked] of [
      [200, {}],
      [200, { method: 'HEAD' }],
      [206, { headers: ['Range: bytes=0-1'] }],
      [304, { headers: [`If-None-Match: ${headers.etag}`] }],
    ] as const) {
      const response = await get(given, target, asked)
      expect(response.status).toBe(status)
      expect(response.headers['cache-control']).toBe(expected)
    }
  })

  test.each([
    [412, '/assets/index-BfD3kZ2q.js', { headers: ['If-Match: "other"'] }],
    [416, '/assets/index-BfD3kZ2q.js', { headers: ['Range: bytes=900-'] }],
    [404, '/assets/missing-BfD3kZ2q.js', {}],
    [301, '/assets', {}],
  ])('is not on a %d', async (status, target, asked) => {
    const response = await get(options, target, asked)
    expect(response.status).toBe(status)
    expect(response.headers).not.toHaveProperty('cache-control')
  })

  test('is not on a file that is sent with the status of an error', async () => {
    const app = express()
    app.use((_req, res, next) => {
      res.status(500)
      next()
    })
    app.use(streamFiles(root, options))
    await withServer(app, async ({ port }) => {
      const { status, headers } = await request(port, '/assets/index-BfD3kZ2q.js')
      expect(status).toBe(500)
      expect(headers).not.toHaveProperty('cache-control')
    })
  })

  test('decides by the name of the original if a compressed sibling is sent', async () => {
    const directory = directoryOf({
      'index-BfD3kZ2q.js': 'app()',
      'index-BfD3kZ2q.js.gz': gzipSync('app()'),
      'index.html': 'page',
      'index.html.gz': gzipSync('page'),
    })
    await withServer(
      streamFiles(directory, { ...options, precompressed: true }),
      async ({ port }) => {
        const asked = { headers: ['Accept-Encoding: gzip'] }
        for (const [target, field] of [
          ['/index-BfD3kZ2q.js', YEAR],
          ['/', 'no-cache'],
        ] as const) {
          const { headers } = await request(port, target, asked)
          expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': field })
        }
      },
    )
  })

  test('replaces the policy that a source has for a file', async () => {
    const source: Source = {
      open: () => ({ size: 0, chunks: () => [], cacheControl: 'no-store' }),
    }
    await withServer(streamFiles(source, options), async ({ port }) => {
      const { headers } = await request(port, '/index-BfD3kZ2q.js')
      expect(headers['cache-control']).toBe(YEAR)
    })
    await withServer(streamFiles(source), async ({ port }) => {
      expect((await request(port, '/a.js')).headers['cache-control']).toBe('no-store')
    })
  })

  test('leaves the header that setHeaders or middleware has set', async () => {
    const setHeaders: StreamFilesOptions['setHeaders'] = (res) =>
      res.setHeader('Cache-Control', 'private')
    const { headers } = await get({ ...options, setHeaders }, '/assets/index-BfD3kZ2q.js')
    expect(headers['cache-control']).toBe('private')
  })
})

describe('a cacheControl function', () => {
  test('is called once for each file, with its metadata, and its value is sent', async () => {
    const files: FileInfo[] = []
    const cacheControl = (file: FileInfo) => {
      files.push(file)
      return 'public, max-age=60'
    }
    const { headers } = await get({ cacheControl, maxAge: '1d', immutable: true }, '/robots.txt')
    expect(headers['cache-control']).toBe('public, max-age=60')
    const modified = new Date('2024-02-29T12:34:56.789Z')
    expect(files).toEqual([{ path: join(root, 'robots.txt'), size: 13, modified }])
  })

  test('may be asynchronous, together with the others', async () => {
    const order: string[] = []
    const { headers } = await get(
      {
        setHeaders: async () => void order.push('setHeaders'),
        cacheControl: async () => {
          await new Promise(setImmediate)
          order.push('cacheControl')
          return 'no-store'
        },
        etag: async () => {
          order.push('etag')
          return 'tag'
        },
      },
      '/robots.txt',
    )
    expect(headers).toMatchObject({ 'cache-control': 'no-store', etag: '"tag"' })
    expect(order).toEqual(['setHeaders', 'cacheControl', 'etag'])
  })

  test.each([[''], [undefined]])('that returns %j sends none', async (field) => {
    const { status, headers } = await get({ cacheControl: () => field }, '/robots.txt')
    expect(status).toBe(200)
    expect(headers).not.toHaveProperty('cache-control')
  })

  test.each<[string, () => unknown]>([
    ['throws', () => JSON.parse('{')],
    ['rejects', () => Promise.reject(new Error('no database'))],
    ['returns a number', () => 60],
    ['returns what no header can hold', () => 'a\r\nb: c'],
  ])('that %s is a 500 without a trace of the file', async (_name, cacheControl) => {
    const app = express()
    app.set('env', 'production')
    app.use(streamFiles(root, { cacheControl: cacheControl as () => string, cache: false }))
    app.use(((_error, _req, res, _next) => {
      res.status(500).end()
    }) satisfies import('express').ErrorRequestHandler)
    await withServer(app, async ({ port }) => {
      const baseline = openDescriptors()
      const { status, headers } = await request(port, '/large-BfD3kZ2q.js')
      expect(status).toBe(500)
      expect(headers).not.toHaveProperty('etag')
      await descriptorsBackTo(baseline)
    })
  })

  test('is not called for a file that is missing', async () => {
    const cacheControl = jest.fn(() => 'no-store')
    expect((await get({ cacheControl }, '/missing')).status).toBe(404)
    expect(cacheControl).not.toHaveBeenCalled()
  })
})

describe('exclude', () => {
  test.each<[string, StreamFilesOptions['exclude']]>([
    ['/assets/index-BfD3kZ2q.js.map', /\.map$/],
    ['/assets/index-BfD3kZ2q.js.map', /\.map$/g],
    ['/assets/index-BfD3kZ2q.js.map', /^assets\/.*\.map$/y],
    ['/assets/caf%C3%A9.ts', /caf\u00e9\.ts$/],
    ['/assets/caf%c3%a9.ts', /\.tsx?$/],
    ['/assets/index-BfD3kZ2q.js', [/\.ts$/, /^assets\//]],
    ['/assets/index-BfD3kZ2q.js.map.gz', /\.map$/],
    // index files, what `extensions` adds, and directories
    ['/', /^index\.html$/],
    ['/about/team', /\.html$/],
    ['/assets', /^assets$/],
  ])('%s is missing with %p, every time', async (target, exclude) => {
    for (let time = 0; time < 3; time++) {
      const { status } = await get({ exclude, extensions: ['html'] }, target)
      expect(status).toBe(404)
    }
  })

  test('one middleware gives the same response every time', async () => {
    const app = express()
    app.use(streamFiles(root, { exclude: [/\.map$/g, /\.ts$/gy] }))
    await withServer(app, async ({ port }) => {
      for (let time = 0; time < 4; time++) {
        expect((await request(port, '/index.html.map')).status).toBe(404)
        expect((await request(port, '/index.html')).status).toBe(200)
      }
    })
  })

  test('with fallthrough: false is a 404', async () => {
    const options = { exclude: /\.map$/, fallthrough: false }
    expect((await get(options, '/index.html.map')).status).toBe(404)
  })

  test('lets another candidate be served', async () => {
    const options = { index: ['index.html', 'about.html'], exclude: /^index/ }
    expect((await get(options, '/')).body.toString()).toBe('<p>about.html</p>')
  })
})

describe('types', () => {
  const types = { foo: 'text/x-foo', '.glb': 'model/gltf-binary', TXT: 'text/x-robots' }

  test.each([
    ['/notes.foo', 'text/x-foo; charset=utf-8'],
    ['/model.GLB', 'model/gltf-binary'],
    ['/robots.txt', 'text/x-robots; charset=utf-8'],
    ['/about.html', 'text/html; charset=utf-8'],
  ])('%s is %s', async (target, type) => {
    expect((await get({ types }, target)).headers['content-type']).toBe(type)
    const parts = { headers: ['Range: bytes=0-0, 2-2'] }
    expect((await get({ types }, target, parts)).body.toString()).toContain(`Content-Type: ${type}`)
  })

  test('take precedence over the type that a source has for a file', async () => {
    const source: Source = { open: () => ({ size: 0, chunks: () => [], type: 'binary/unknown' }) }
    await withServer(streamFiles(source, { types }), async ({ port }) => {
      const typeOf = async (target: string) => (await request(port, target)).headers['content-type']
      expect(await typeOf('/a.foo')).toBe('text/x-foo; charset=utf-8')
      expect(await typeOf('/a.bar')).toBe('binary/unknown')
    })
  })

  test('decide what has a length', async () => {
    const options = {
      types: { txt: 'application/zip' },
      contentLength: 'auto',
      chunkSize: 1,
    } as const
    expect((await get(options, '/robots.txt')).headers['content-length']).toBe('13')
    const { headers } = await get({ ...options, types: null }, '/robots.txt')
    expect(headers).not.toHaveProperty('content-length')
  })

  test('leave the Content-Type that setHeaders has set', async () => {
    const setHeaders: StreamFilesOptions['setHeaders'] = (res) =>
      res.setHeader('Content-Type', 'a/b')
    expect((await get({ types, setHeaders }, '/notes.foo')).headers['content-type']).toBe('a/b')
  })
})

describe('nosniff', () => {
  test.each([
    [200, {}],
    [206, { headers: ['Range: bytes=0-1'] }],
    [206, { headers: ['Range: bytes=0-0, 2-2'] }],
    [304, { headers: ['If-None-Match: *'] }],
  ])('is sent on a %d', async (status, asked) => {
    const response = await get({ nosniff: true }, '/robots.txt', asked)
    expect(response.status).toBe(status)
    expect(response.headers['x-content-type-options']).toBe('nosniff')
  })

  test('is not sent without the option', async () => {
    expect((await get({}, '/robots.txt')).headers).not.toHaveProperty('x-content-type-options')
  })
})

describe('clean URLs, where there are about.html and about/', () => {
  const extensions = ['html']

  test('/about is redirected to /about/, as in express.static', async () => {
    const { status, headers } = await get({ extensions }, '/about')
    expect({ status, location: headers.location }).toEqual({ status: 301, location: '/about/' })
  })

  test.each([
    ['/about', '<p>about.html</p>'],
    ['/about/', '<p>about/index.html</p>'],
    ['/about/team', '<p>team</p>'],
  ])('with redirect: false %s is %s', async (target, expected) => {
    const { status, body } = await get({ extensions, redirect: false }, target)
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: expected })
  })

  test('with redirect: false a directory without such a file is missing', async () => {
    expect((await get({ extensions, redirect: false }, '/assets')).status).toBe(404)
  })
})
