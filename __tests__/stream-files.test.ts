import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import supertest from 'supertest'
import { streamFiles } from '../lib/index.js'
import { eventually } from './support/eventually.js'
import { express } from './support/express.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from './support/files.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

const big = patternOf(10 * 1024 * 1024 + 123)
const root = directoryOf({
  'big.txt': big,
  'note.txt': 'a note',
  'sub/index.html': '<p>index</p>',
  'sub/data.unknown-extension': 'bytes',
  'empty.txt': '',
})

afterAll(removeDirectories)

function appWith(options?: Parameters<typeof streamFiles>[1]) {
  const app = express()
  app.use(streamFiles(root, options))
  return app
}

describe('a file below the root', () => {
  test('arrives chunked, without a length, and whole', () =>
    withServer(appWith(), async ({ port }) => {
      const { status, headers, body, complete } = await request(port, '/big.txt')
      expect(status).toBe(200)
      expect(headers['transfer-encoding']).toBe('chunked')
      expect(headers).not.toHaveProperty('content-length')
      expect(complete).toBe(true)
      expect(sha256(body)).toBe(sha256(big))
    }))

  test.each([[undefined], [1], [1000], [65536], [200_000], [3 * 1024 * 1024], [64 * 1024 * 1024]])(
    'with a chunkSize of %p is sent in chunks of exactly that many bytes, except the last',
    (chunkSize) =>
      withServer(appWith({ chunkSize: chunkSize ?? null }), async ({ port }) => {
        const target = chunkSize === 1 ? '/note.txt' : '/big.txt'
        const { chunks, body } = await request(port, target)
        const size = chunkSize ?? 65536
        const whole = Math.floor(body.length / size)
        const rest = body.length % size
        const expected = [...Array(whole).fill(size), ...(rest === 0 ? [] : [rest])]
        expect(chunks).toEqual(expected)
        if (chunkSize !== 1) expect(sha256(body)).toBe(sha256(big))
      }),
  )

  test('has a media type, validators and a cache policy', () =>
    withServer(appWith(), async ({ port }) => {
      const { headers } = await request(port, '/note.txt')
      expect(headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
        'cache-control': 'public, max-age=0',
        'accept-ranges': 'bytes',
      })
      expect(headers.etag).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/)
    }))

  test('of an unknown kind is application/octet-stream', () =>
    withServer(appWith(), async ({ port }) => {
      const { headers } = await request(port, '/sub/data.unknown-extension')
      expect(headers['content-type']).toBe('application/octet-stream')
    }))

  test('that is empty is an empty body, correctly ended', () =>
    withServer(appWith(), async ({ port }) => {
      const response = await request(port, '/empty.txt')
      expect(response).toMatchObject({ status: 200, chunks: [], complete: true })
    }))

  test('has its length on HEAD, and no body', () =>
    withServer(appWith(), async ({ port }) => {
      const { status, headers, body } = await request(port, '/note.txt', { method: 'HEAD' })
      expect(status).toBe(200)
      expect(headers['content-length']).toBe('6')
      expect(headers).not.toHaveProperty('transfer-encoding')
      expect(body).toHaveLength(0)
    }))

  test('that the client has already is 304 by its tag and by its date', async () => {
    const agent = supertest(appWith())
    const { headers } = await agent.get('/note.txt').expect(200)
    await agent.get('/note.txt').set('If-None-Match', String(headers.etag)).expect(304)
    await agent
      .get('/note.txt')
      .set('If-Modified-Since', String(headers['last-modified']))
      .expect(304)
  })
})

describe('a directory', () => {
  test('with its slash is its index.html', async () => {
    const { text } = await supertest(appWith()).get('/sub/').expect(200)
    expect(text).toBe('<p>index</p>')
  })

  test('without its slash is redirected there, with its query', async () => {
    const { headers } = await supertest(appWith()).get('/sub?page=2').expect(301)
    expect(headers.location).toBe('/sub/?page=2')
  })
})

describe('what is not there', () => {
  test('falls through to the next middleware', async () => {
    const app = appWith()
    app.use((_req, res) => void res.status(200).send('the next one'))
    const { text } = await supertest(app).get('/nothing').expect(200)
    expect(text).toBe('the next one')
  })

  test('is the 404 of Express if nothing follows, without a path of the machine', async () => {
    const { text } = await supertest(appWith()).get('/nothing').expect(404)
    expect(text).not.toContain(root)
  })

  test('is an error of 404 without fallthrough', async () => {
    const app = appWith({ fallthrough: false })
    const errors: { status: number; message: string }[] = []
    app.use(((error, _req, res, _next) => {
      errors.push(error)
      res.status(error.status).end()
    }) satisfies import('express').ErrorRequestHandler)
    await supertest(app).get('/nothing').expect(404)
    expect(errors).toMatchObject([{ status: 404, message: 'Not Found', code: 'ENOENT' }])
  })

  test('shows no path of the machine in the error page of Express', async () => {
    const { text } = await supertest(appWith({ fallthrough: false }))
      .get('/nothing')
      .expect(404)
    expect(text).toContain('Not Found')
    expect(text).not.toContain(root)
    expect(text).not.toContain(__dirname.replace(/__tests__.*/, ''))
  })
})

describe('on a bare node:http server', () => {
  test('it serves, and sends 404 and 405 itself', () =>
    withServer(streamFiles(root, { fallthrough: false }), async ({ port }) => {
      expect((await request(port, '/note.txt')).body.toString()).toBe('a note')
      expect((await request(port, '/nothing')).status).toBe(404)
      const refused = await request(port, '/note.txt', { method: 'DELETE' })
      expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    }))
})

describe('descriptors', () => {
  const onLinux = openDescriptors() === undefined ? test.skip : test

  onLinux(
    'are closed after responses, redirects, 304s, missing files and aborts (counted on Linux only)',
    () =>
      withServer(appWith(), async ({ port, url }) => {
        await request(port, '/note.txt')
        const before = openDescriptors() ?? 0
        const { headers } = await request(port, '/note.txt')
        await request(port, '/note.txt', { headers: [`If-None-Match: ${headers.etag}`] })
        await request(port, '/note.txt', { method: 'HEAD' })
        await request(port, '/sub')
        await request(port, '/nothing')
        const controller = new AbortController()
        const response = await fetch(`${url}/big.txt`, { signal: controller.signal })
        await response.body?.getReader().read()
        controller.abort()
        await eventually(() => (openDescriptors() ?? 0) <= before)
      }),
  )
})

describe('at construction', () => {
  test.each([
    [undefined, 'undefined'],
    ['', '""'],
    [42, '42'],
    [{}, 'an object'],
    [new URL('http://example.com/'), 'an object'],
    ['a\0b', '"a\0b"'],
  ])('a root of %p is refused by name', (wrong, shown) => {
    expect(() => streamFiles(wrong as string)).toThrow(
      new TypeError(
        `streamFiles: root must be the path or file: URL of a directory, a source, or an array of these, not ${shown}`,
      ),
    )
  })

  test('a root may be a file: URL', async () => {
    const app = express()
    app.use(streamFiles(pathToFileURL(root)))
    await supertest(app).get('/note.txt').expect(200)
  })

  test.each([[0], [-1], [1.5], ['64k'], [Number.NaN], [true], [2 ** 40]])(
    'a chunkSize of %p is refused by name',
    (chunkSize) => {
      expect(() => streamFiles(root, { chunkSize: chunkSize as number })).toThrow(
        /^streamFiles: option "chunkSize" must be an integer of at least 1/,
      )
    },
  )

  test('an unknown option is refused by name', () => {
    expect(() => streamFiles(root, { chunksize: 1 } as object)).toThrow(
      new TypeError('streamFiles: unknown option "chunksize"; did you mean "chunkSize"?'),
    )
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
