import { streamFiles } from '../../lib/index.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'
import { COLUMNS, FILES, LARGE, sourceOfColumn } from './sources.js'

const POEM = 'twenty letters of it'

interface Asked {
  readonly method?: string
  readonly version?: string
  readonly headers?: readonly string[]
}

describe.each(COLUMNS)('over $name', (column) => {
  const source = sourceOfColumn(column)

  /** Requests with one server, whose options are those of `streamFiles`. */
  function withFiles<T>(
    options: Parameters<typeof streamFiles>[1],
    use: (get: (target: string, asked?: Asked) => Promise<RawResponse>) => Promise<T>,
  ): Promise<T> {
    return withServer(streamFiles(source(), options), ({ port }) =>
      use((target, asked) => request(port, target, asked)),
    )
  }

  const get = (target: string, asked?: Asked): Promise<RawResponse> =>
    withFiles({}, (send) => send(target, asked))

  const poem = (...headers: string[]) => get('/poem.txt', { headers })

  const etagOfPoem = async () => (await get('/poem.txt')).headers.etag ?? ''

  test.each(Object.keys(FILES).filter((name) => !name.includes('/.git') && name !== '.env'))(
    'GET of %s is its bytes, chunked, with its length on HEAD',
    async (name) => {
      const target = `/${encodeURI(name)}`
      const { status, headers, body, complete } = await get(target)
      expect([status, complete, headers['transfer-encoding']]).toEqual([200, true, 'chunked'])
      expect(body.equals(FILES[name] ?? Buffer.alloc(0))).toBe(true)
      const head = await get(target, { method: 'HEAD' })
      expect([head.status, head.headers['content-length']]).toEqual([200, `${body.length}`])
      expect(head.body.length).toBe(0)
      for (const field of ['content-type', 'etag', 'last-modified', 'cache-control']) {
        expect(head.headers[field]).toBe(headers[field])
      }
    },
  )

  test('the headers say type, ranges, cache policy and a strong tag', async () => {
    const { headers } = await poem()
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=0',
    })
    expect(headers.etag).toMatch(/^"[^"]+"$/)
    expect((await poem()).headers.etag).toBe(headers.etag)
    expect('last-modified' in headers).toBe(column.hasDates)
  })

  test.each([1000, 4096, 65536, 200_000, 2 * 1024 * 1024])(
    'every chunk but the last has exactly %d bytes',
    (chunkSize) =>
      withFiles({ chunkSize }, async (send) => {
        const { chunks, body } = await send('/large.bin')
        const rest = LARGE.length % chunkSize
        const whole = Array<number>(Math.floor(LARGE.length / chunkSize)).fill(chunkSize)
        expect(chunks).toEqual([...whole, rest])
        expect(body.equals(LARGE)).toBe(true)
      }),
  )

  test('an HTTP/1.0 client gets the length', async () => {
    const { headers, body } = await get('/large.bin', { version: '1.0' })
    expect(headers['content-length']).toBe(`${LARGE.length}`)
    expect(body.equals(LARGE)).toBe(true)
  })

  test("contentLength: 'auto' gives a download its length", () =>
    withFiles({ contentLength: 'auto' }, async (send) => {
      const { headers, body } = await send('/large.bin')
      expect(headers['content-length']).toBe(`${LARGE.length}`)
      expect(body.equals(LARGE)).toBe(true)
    }))

  test.each([
    ['bytes=0-5', '0-5', 'twenty'],
    ['bytes=7-13', '7-13', 'letters'],
    ['bytes=18-', '18-19', 'it'],
    ['bytes=-2', '18-19', 'it'],
    ['bytes=-99', '0-19', POEM],
    ['bytes=15-99', '15-19', 'of it'],
    ['bytes=0-0', '0-0', 't'],
  ])('Range: %s is a 206', async (range, sent, text) => {
    const { status, headers, body } = await poem(`Range: ${range}`)
    expect([status, body.toString()]).toEqual([206, text])
    expect(headers['content-range']).toBe(`bytes ${sent}/20`)
    expect(headers['content-length']).toBe(`${text.length}`)
  })

  test('a range across many buffers has its bytes', async () => {
    const { status, body } = await get('/large.bin', { headers: ['Range: bytes=65000-900000'] })
    expect(status).toBe(206)
    expect(body.equals(LARGE.subarray(65_000, 900_001))).toBe(true)
  })

  test('several ranges are multipart/byteranges', async () => {
    const { status, headers, body, complete } = await poem('Range: bytes=0-5,7-13,-2')
    const boundary = /boundary=([^;]+)$/.exec(headers['content-type'] ?? '')?.[1]
    const part = (range: string, text: string) =>
      `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/20\r\n\r\n${text}\r\n`
    expect([status, complete]).toEqual([206, true])
    expect(body.toString()).toBe(
      `${part('0-5', 'twenty')}${part('7-13', 'letters')}${part('18-19', 'it')}--${boundary}--\r\n`,
    )
  })

  test.each(['bytes=20-', 'bytes=99-100', 'bytes=-0'])('Range: %s is a 416', async (range) => {
    const { status, headers, body } = await poem(`Range: ${range}`)
    expect([status, headers['content-range'], body.length]).toEqual([416, 'bytes */20', 0])
    expect(headers.etag).toBeUndefined()
  })

  test('a range of an empty file is a 416', async () => {
    expect((await get('/empty.txt', { headers: ['Range: bytes=0-1'] })).status).toBe(416)
  })

  test.each(['bytes=5-2', 'lines=0-1', 'bytes=a-b', 'bytes'])(
    'Range: %s is ignored',
    async (range) => {
      const { status, body } = await poem(`Range: ${range}`)
      expect([status, body.toString()]).toEqual([200, POEM])
    },
  )

  test('HEAD ignores Range', async () => {
    const { status, headers } = await get('/poem.txt', {
      method: 'HEAD',
      headers: ['Range: bytes=0-1'],
    })
    expect([status, headers['content-length']]).toEqual([200, '20'])
  })

  test('If-None-Match with the tag is a 304 without content, and with another one a 200', async () => {
    const etag = await etagOfPoem()
    for (const list of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const { status, headers, body } = await poem(`If-None-Match: ${list}`)
      expect([status, headers.etag, body.length]).toEqual([304, etag, 0])
      expect(headers).toHaveProperty('cache-control', 'public, max-age=0')
      expect(headers).not.toHaveProperty('content-type')
    }
    expect((await poem('If-None-Match: "x"')).status).toBe(200)
  })

  test('If-Match with the tag is a 200, and with another one a 412', async () => {
    const etag = await etagOfPoem()
    expect((await poem(`If-Match: ${etag}`)).status).toBe(200)
    expect((await poem('If-Match: *')).status).toBe(200)
    const failed = await poem('If-Match: "x"')
    expect([failed.status, failed.body.length]).toEqual([412, 0])
    expect((await poem(`If-Match: W/${etag}`)).status).toBe(412)
  })

  test('If-Range with the tag sends the range, and with another one everything', async () => {
    const etag = await etagOfPoem()
    expect((await poem('Range: bytes=0-5', `If-Range: ${etag}`)).status).toBe(206)
    expect((await poem('Range: bytes=0-5', 'If-Range: "x"')).status).toBe(200)
    expect((await poem('Range: bytes=0-5', `If-Range: W/${etag}`)).status).toBe(200)
  })

  test('preconditions are evaluated before the range', async () => {
    const etag = await etagOfPoem()
    expect((await poem('Range: bytes=0-5', `If-None-Match: ${etag}`)).status).toBe(304)
    expect((await poem('Range: bytes=0-5', 'If-Match: "x"')).status).toBe(412)
    expect((await poem('Range: bytes=0-5', `If-Match: ${etag}`)).status).toBe(206)
  })

  test('dates are compared where the source knows them, and ignored where not', async () => {
    const { 'last-modified': date = 'Thu, 29 Feb 2024 12:34:56 GMT' } = (await poem()).headers
    const before = 'Fri, 01 Jan 2010 00:00:00 GMT'
    const known = column.hasDates
    expect((await poem(`If-Modified-Since: ${date}`)).status).toBe(known ? 304 : 200)
    expect((await poem(`If-Modified-Since: ${before}`)).status).toBe(200)
    expect((await poem(`If-Unmodified-Since: ${before}`)).status).toBe(known ? 412 : 200)
    expect((await poem(`If-Unmodified-Since: ${date}`)).status).toBe(200)
    const range = await poem('Range: bytes=0-5', `If-Range: ${date}`)
    expect(range.status).toBe(known ? 206 : 200)
  })

  test.each([
    ['/docs/', 200, undefined],
    ['/docs', 301, '/docs/'],
    ['/docs?q=1', 301, '/docs/?q=1'],
    ['/docs/index.html', 200, undefined],
    ['/bare/', 404, undefined],
    ['/poem.txt/', 404, undefined],
    ['/', 404, undefined],
    ['/%c3%a9t%c3%a9%201.txt', 301, '/%C3%A9t%C3%A9%201.txt'],
    ['/none%c3%a9', 404, undefined],
  ])('%s is a %d', async (target, status, location) => {
    const response = await get(target)
    expect([response.status, response.headers.location]).toEqual([status, location])
  })

  test('a directory without an index file is redirected where directories exist', async () => {
    expect((await get('/bare')).status).toBe(column.hasDirectories ? 301 : 404)
  })

  test('without redirect a directory is not found', () =>
    withFiles({ redirect: false }, async (send) => {
      expect((await send('/docs')).status).toBe(404)
      expect((await send('/docs/')).status).toBe(200)
    }))

  test('index and extensions are tried in order', () =>
    withFiles({ index: ['none.html', 'data.json'], extensions: ['htm', 'html'] }, async (send) => {
      expect((await send('/bare/')).body.toString()).toBe('{"a":1}')
      expect((await send('/bare')).headers.location).toBe('/bare/')
      expect((await send('/page')).body.toString()).toBe('<p>page</p>')
      expect((await send('/docs/')).status).toBe(404)
    }))

  test.each([
    ['/.env', 404],
    ['/sub/.git/config', 404],
    ['/.well-known/acme', 200],
  ])('%s is a %d, as a dotfile', async (target, status) => {
    expect((await get(target)).status).toBe(status)
  })

  test('dotfiles are allowed or denied as the option says', async () => {
    await withFiles({ dotfiles: 'allow' }, async (send) => {
      expect((await send('/.env')).body.toString()).toBe('SECRET')
    })
    await withFiles({ dotfiles: 'deny', fallthrough: false }, async (send) => {
      expect((await send('/.env')).status).toBe(403)
      expect((await send('/.none')).status).toBe(403)
    })
  })

  // The statuses with `fallthrough: false`.
  const REFUSED = [
    ['//poem.txt', 404],
    ['/./poem.txt', 404],
    ['/x/../poem.txt', 403],
    ['/%2e%2e/poem.txt', 403],
    ['/docs//index.html', 404],
    ['/docs%2findex.html', 404],
    ['/docs\\index.html', 404],
    ['/docs%5cindex.html', 404],
    ['/%70oem.txt', 404],
    ['/poem.txt%00', 400],
    ['/poem.txt%0a', 400],
    ['/%ff', 400],
    ['/100%.txt', 400],
  ] as const

  test.each(REFUSED)('%s is refused, and falls through', async (target, status) => {
    expect((await get(target)).status).toBe(404)
    await withFiles({ fallthrough: false }, async (send) => {
      expect((await send(target)).status).toBe(status)
    })
  })

  test('a missing file and another method fall through, or end the request', async () => {
    for (const fallthrough of [true, false]) {
      const files = streamFiles(source(), { fallthrough })
      await withServer(
        (req, res) => files(req, res, (error) => res.writeHead(error ? 500 : 299).end()),
        async ({ port }) => {
          const missing = await request(port, '/none.txt')
          const posted = await request(port, '/poem.txt', { method: 'POST' })
          expect([missing.status, posted.status]).toEqual(fallthrough ? [299, 299] : [500, 405])
        },
      )
    }
  })

  test('acceptRanges, etag and lastModified can be turned off', () =>
    withFiles({ acceptRanges: false, etag: false, lastModified: false }, async (send) => {
      const { status, headers } = await send('/poem.txt', { headers: ['Range: bytes=0-5'] })
      expect(status).toBe(200)
      for (const field of ['accept-ranges', 'etag', 'last-modified']) {
        expect(headers).not.toHaveProperty(field)
      }
    }))

  test('setHeaders and an etag function are called with the file', () =>
    withFiles(
      {
        setHeaders: (res, path, stat) =>
          res.setHeader('X-File', `${path.endsWith('poem.txt')} ${stat.size} ${stat.isFile()}`),
        etag: async ({ path, size }) => `${path.endsWith('poem.txt')}-${size}`,
      },
      async (send) => {
        const { headers } = await send('/poem.txt')
        expect([headers['x-file'], headers.etag]).toEqual(['true 20 true', '"true-20"'])
      },
    ))

  test('maxAge and immutable are the cache policy', () =>
    withFiles({ maxAge: '1d', immutable: true }, async (send) => {
      expect((await send('/poem.txt')).headers['cache-control']).toBe(
        'public, max-age=86400, immutable',
      )
    }))
})
