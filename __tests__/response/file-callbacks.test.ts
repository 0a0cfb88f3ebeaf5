import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { fileInfo } from '../../lib/http/describe.js'
import {
  type Outcome,
  type StreamFilesOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { withFileCallbacks } from '../../lib/response/file-callbacks.js'
import type { FileResponseSettings } from '../../lib/response/file-response-settings.js'
import { NegotiatedFile } from '../../lib/source/negotiated-file.js'
import type { OpenFile } from '../../lib/source/source.js'
import { setClockAhead } from '../support/clock.js'
import { detachedResponse } from '../support/detached-response.js'
import { eventually } from '../support/eventually.js'
import { appWith } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const TEXT = 'a line of text, and again\n'.repeat(1000)

const root = directoryOf({ 'text.txt': TEXT })
const text = join(root, 'text.txt')

afterAll(removeDirectories)

function ask(options: StreamFilesOptions, headers: readonly string[] = []) {
  const app = appWith((it) => it.use(streamFiles(root, options)))
  return withServer(app, ({ port }) => request(port, '/text.txt', { headers }))
}

describe('functions that decide headers', () => {
  const fileOf = (size: number) =>
    ({ path: 'a.txt', size, stats: () => ({ size }) }) as Partial<OpenFile> as OpenFile
  const file = fileOf(3)

  /** The calls in their order, with the size of the file, and the settings that the response gets. */
  async function run(res: ServerResponse, of: OpenFile = file, status?: number) {
    const calls: [string, number | undefined][] = []
    const functions: Partial<FileResponseSettings> = {
      setHeaders: async (_res, _path, stat) => void calls.push(['setHeaders', stat.size]),
      cacheControlOf: async ({ size }) => {
        calls.push(['cacheControl', size])
        return 'no-cache'
      },
      etag: async ({ size }) => {
        calls.push(['etag', size])
        return '"1"'
      },
    }
    const settings = functions as FileResponseSettings
    const decided = await withFileCallbacks(res, of, settings, status, (result) => result)
    return { calls, decided }
  }

  test('are not there: the response has the same settings, at once', () => {
    const settings = { setHeaders: undefined } as Partial<FileResponseSettings>
    const same = (result: FileResponseSettings) => result
    const all = settings as FileResponseSettings
    expect(withFileCallbacks(detachedResponse(), file, all, undefined, same)).toBe(settings)
  })

  test('run one after the other, and what they return stands', async () => {
    const { calls, decided } = await run(detachedResponse())
    expect(calls).toEqual([
      ['setHeaders', 3],
      ['cacheControl', 3],
      ['etag', 3],
    ])
    expect(decided.cacheControl).toBe('no-cache')
    expect(decided.etag).toEqual(expect.any(Function))
    if (typeof decided.etag === 'function') expect(decided.etag(fileInfo(file))).toBe('"1"')
  })

  test('are not asked for a header that is set', async () => {
    const res = detachedResponse()
    res.setHeader('Cache-Control', 'private')
    res.setHeader('ETag', '"2"')
    expect((await run(res)).calls).toEqual([['setHeaders', 3]])
  })

  test.each([
    ['of the response', 404, undefined],
    ['that is to be sent', 200, 404],
  ])('are not asked for Cache-Control with an error status %s', async (_which, ofRes, status) => {
    const res = Object.assign(detachedResponse(), { statusCode: ofRes })
    const { calls, decided } = await run(res, file, status)
    expect(calls.map(([name]) => name)).toEqual(['setHeaders', 'etag'])
    expect(decided.cacheControl).toBeUndefined()
  })

  test('are told of the original of a compressed sibling', async () => {
    const negotiated = new NegotiatedFile(file, fileOf(2), 'gzip')
    const { calls } = await run(detachedResponse(), negotiated)
    expect(calls.map(([, size]) => size)).toEqual([3, 3, 3])
  })
})

describe('setHeaders', () => {
  test('that throws is an error of 500, and what it set is taken back', async () => {
    const response = await ask({
      setHeaders(res) {
        res.setHeader('X-Set', 'before')
        throw new Error('out of order')
      },
    })
    expect([response.status, String(response.body)]).toEqual([500, 'error 500'])
    expect(response.headers).not.toHaveProperty('x-set')
  })

  test('that sends the response itself is respected', async () => {
    const response = await ask({
      setHeaders: (res) => void res.writeHead(302, { Location: '/login' }).end('to the login'),
    })
    expect([response.status, String(response.body), response.complete]).toEqual([
      302,
      'to the login',
      true,
    ])
  })

  test('that begins a response of its own can end it later', async () => {
    const response = await ask({
      setHeaders(res) {
        res.writeHead(200, { 'Content-Length': '10' })
        res.write('first')
        setTimeout(() => res.end(' last'), 30)
      },
    })
    expect([String(response.body), response.complete]).toEqual(['first last', true])
  })

  test('that sends a response while the file is read is respected', async () => {
    const response = await ask({
      setHeaders(res) {
        process.nextTick(() => {
          res.writeHead(200, { 'Content-Length': '10' })
          res.write('first')
          setTimeout(() => res.end(' last'), 30)
        })
      },
    })
    expect([String(response.body), response.complete]).toEqual(['first last', true])
  })

  test('that sends the response itself is reported in the outcome', async () => {
    let outcome: Outcome | undefined
    const setHeaders = (res: ServerResponse) => void res.end('my own')
    const app = appWith((it) =>
      it.use((_req, res) => {
        void streamResponse(res, text, { setHeaders }).then((result) => {
          outcome = result
        })
      }),
    )
    const response = await withServer(app, ({ port }) => request(port, '/'))
    await eventually(() => outcome !== undefined)
    expect(String(response.body)).toBe('my own')
    expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
  })

  test('may set the status, which disables preconditions and ranges', async () => {
    const options: StreamFilesOptions = {
      setHeaders(res) {
        res.statusCode = 404
      },
    }
    const response = await ask(options, ['If-None-Match: *', 'Range: bytes=0-1'])
    expect([response.status, String(response.body)]).toEqual([404, TEXT])
  })

  describe('cannot break the framing', () => {
    function askFramed(asked: Parameters<typeof request>[2]) {
      const handler = streamFiles(root, {
        setHeaders(res) {
          res.setHeader('Content-Length', '3')
          res.setHeader('Transfer-Encoding', 'gzip')
        },
      })
      return withServer(handler, ({ port }) => request(port, '/text.txt', asked))
    }

    test('of a whole body', async () => {
      const { headers, body, complete } = await askFramed({})
      expect(headers).not.toHaveProperty('content-length')
      expect(headers['transfer-encoding']).toBe('chunked')
      expect([String(body), complete]).toEqual([TEXT, true])
    })

    test('of a whole body for HTTP/1.0', async () => {
      const { headers, body } = await askFramed({ version: '1.0' })
      expect(headers['content-length']).toBe(String(TEXT.length))
      expect(headers).not.toHaveProperty('transfer-encoding')
      expect(String(body)).toBe(TEXT)
    })

    test.each([
      [206, 'Range: bytes=0-9', '10'],
      [416, 'Range: bytes=900000-', '0'],
      [412, 'If-Match: "x"', '0'],
      [304, 'If-None-Match: *', undefined],
    ])('of a %i', async (status, field, length) => {
      const response = await askFramed({ headers: [field] })
      expect([response.status, response.headers['content-length']]).toEqual([status, length])
      expect(response.headers).not.toHaveProperty('transfer-encoding')
    })

    test('of a HEAD', async () => {
      const { headers } = await askFramed({ method: 'HEAD' })
      expect(headers['content-length']).toBe(String(TEXT.length))
      expect(headers).not.toHaveProperty('transfer-encoding')
    })
  })
})

describe('a file that comes from memory', () => {
  // Old enough to be kept, on a clock that is ahead of the disk's.
  beforeEach(setClockAhead)
  afterEach(() => jest.restoreAllMocks())

  test('does not change a response that setHeaders began', async () => {
    const listener = streamFiles(root, {
      setHeaders(res) {
        if (!res.req.headers.begin) return
        res.writeHead(200, { 'Content-Length': '10' })
        res.write('first')
        setImmediate(() => res.end(' last'))
      },
    })
    await withServer(listener, async ({ port }) => {
      expect((await request(port, '/text.txt')).status).toBe(200)
      const response = await request(port, '/text.txt', { headers: ['Begin: 1'] })
      expect([String(response.body), response.complete]).toEqual(['first last', true])
    })
  })
})

test('an etag function that returns no tag is an error of 500', async () => {
  expect((await ask({ etag: () => 'no "tag"' })).status).toBe(500)
})
