import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { constants } from 'node:http2'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import {
  type FileReference,
  type Outcome,
  type StreamResponseOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { ask, disconnected, firstBytes, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { openStream, withHttp2Client } from '../support/http2.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'
import { COLUMNS, LARGE, sourceOfColumn } from './sources.js'

const POEM = 'twenty letters of it'
// More than the buffers of both ends of a connection hold.
const RATE = 1024 * 1024

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}

describe.each(COLUMNS)('over $name', (column) => {
  const source = sourceOfColumn(column)

  /** Responds with one file, and collects the outcomes. */
  function responding(
    name: string,
    options: StreamResponseOptions<FileReference> = {},
  ): { listener: RequestListener; outcomes: Promise<Outcome>[] } {
    const outcomes: Promise<Outcome>[] = []
    const file = source().file(name)
    const listener: RequestListener = (_req, res) => {
      outcomes.push(streamResponse(res, file, options))
    }
    return { listener, outcomes }
  }

  const responseTo = async (
    name: string,
    options: StreamResponseOptions<FileReference> = {},
    headers: string[] = [],
  ) => {
    const { listener, outcomes } = responding(name, options)
    const response = await withServer(listener, ({ port }) => request(port, '/', { headers }))
    return { response, outcome: await outcomes[0] }
  }

  test('streamResponse sends a file, with preconditions and ranges', async () => {
    const whole = await responseTo('poem.txt', { download: true })
    expect(whole.response).toMatchObject({ status: 200, body: Buffer.from(POEM) })
    expect(whole.response.headers['content-disposition']).toBe('attachment; filename=poem.txt')
    expect(whole.outcome).toMatchObject({ status: 200, bytesSent: 20, completed: true })
    const part = await responseTo('poem.txt', {}, ['Range: bytes=7-13'])
    expect(part.outcome).toMatchObject({ status: 206, bytesSent: 7, completed: true })
    const same = [`If-None-Match: ${whole.response.headers.etag}`]
    expect((await responseTo('poem.txt', {}, same)).response.status).toBe(304)
  })

  test.each([
    ['none.txt', 404],
    ['docs', 404],
    ['docs/', 404],
    ['../poem.txt', 403],
    ['docs/../../poem.txt', 403],
    ['.env', 404],
    ['a\0b', 400],
    ['', 404],
  ])('streamResponse with the file %j is a %d', async (name, status) => {
    const { response, outcome } = await responseTo(name)
    expect([response.status, outcome?.status, outcome?.error?.status]).toEqual([
      status,
      status,
      status,
    ])
  })

  test('start and end select a part, whose ranges are its own', async () => {
    const window = { start: 7, end: 16 }
    expect((await responseTo('poem.txt', window)).response.body.toString()).toBe('letters of')
    const { response } = await responseTo('poem.txt', window, ['Range: bytes=8-'])
    expect(response.body.toString()).toBe('of')
    expect(response.headers['content-range']).toBe('bytes 8-9/10')
  })

  test('with a status of its own, preconditions and ranges are ignored', async () => {
    const { response } = await responseTo('poem.txt', { status: 500 }, ['Range: bytes=0-1'])
    expect([response.status, response.body.toString()]).toEqual([500, POEM])
  })

  test('a digest is sent as a trailer', async () => {
    const { response } = await responseTo('large.bin', { digest: 'sha-256' })
    expect(response.trailers['repr-digest']).toBe(`sha-256=:${sha256(LARGE)}:`)
    expect(response.body.equals(LARGE)).toBe(true)
  })

  test('a rate limit and progress see every byte', async () => {
    const seen: number[] = []
    const options = {
      maxRate: 8 * RATE,
      onProgress: ({ bytesSent }: { bytesSent: number }) => seen.push(bytesSent),
    }
    const { response } = await responseTo('large.bin', options)
    expect(response.body.equals(LARGE)).toBe(true)
    expect(seen.at(-1)).toBe(LARGE.length)
  })

  test('a transform gets the chunks of the file', async () => {
    const sizes: number[] = []
    const options = {
      chunkSize: 400_000,
      async *transform(chunks: AsyncIterable<Buffer>, file: { size: number | undefined }) {
        for await (const chunk of chunks) sizes.push(chunk.length)
        yield `${file.size}`
      },
    }
    const { response } = await responseTo('large.bin', options)
    expect(response.body.toString()).toBe(`${LARGE.length}`)
    expect(sizes).toEqual([400_000, 400_000, LARGE.length - 800_000])
    expect(response.headers).not.toHaveProperty('etag')
  })

  test('with contentLength: true the body has its length', async () => {
    const { response } = await responseTo('large.bin', { contentLength: true })
    expect(response.headers['content-length']).toBe(`${LARGE.length}`)
    expect(response.body.equals(LARGE)).toBe(true)
  })

  test('responses over one connection follow each other', () =>
    withServer(streamFiles(source()), async ({ port }) => {
      const get = (fields: string) => `GET /poem.txt HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
      const bytes = await exchangeRaw(
        port,
        get('') + get('Range: bytes=0-5\r\n') + get('If-Match: "x"\r\nConnection: close\r\n'),
      )
      const responses = parseResponses(bytes, ['GET', 'GET', 'GET'])
      expect(responses.map(({ status, body }) => [status, body.toString()])).toEqual([
        [200, POEM],
        [206, 'twenty'],
        [412, ''],
      ])
    }))

  test('behind compression() a 200 is encoded, and a 206 is not', async () => {
    const app = express()
    app.use(compression({ threshold: 0 }), streamFiles(source()))
    await withServer(app, async ({ port }) => {
      const headers = ['Accept-Encoding: gzip']
      const whole = await request(port, '/poem.txt', { headers })
      expect(whole.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(whole.body).toString()).toBe(POEM)
      expect(whole.headers.etag).toMatch(/^W\//)
      const part = await request(port, '/poem.txt', { headers: [...headers, 'Range: bytes=0-5'] })
      expect(part.headers).not.toHaveProperty('content-encoding')
      expect(part.body.toString()).toBe('twenty')
    })
  })

  test('onOutcome is called once for a file that is sent, and not for a name that falls through', async () => {
    const outcomes: Outcome[] = []
    const files = streamFiles(source(), { onOutcome: (outcome) => outcomes.push(outcome) })
    await withServer(
      (req, res) => files(req, res, () => res.end()),
      async ({ port }) => {
        await request(port, '/none.txt')
        await request(port, '/large.bin')
        await eventually(() => outcomes.length > 0)
      },
    )
    expect(outcomes).toMatchObject([{ status: 200, bytesSent: LARGE.length, completed: true }])
  })

  test.each(['FIN', 'RST'] as const)(
    'a client that disconnects by %s in the middle is an aborted outcome, and no error',
    async (how) => {
      const { listener, outcomes } = responding('large.bin', { maxRate: RATE / 4 })
      await withServer(listener, async ({ port }) => {
        const socket = await ask(port, '/')
        await firstBytes(socket)
        await disconnected(socket, how)
        const outcome = await outcomes[0]
        expect(outcome).toMatchObject({ status: 200, completed: false, aborted: true })
        expect(outcome?.error).toBeUndefined()
      })
    },
  )

  test('a client that pauses gets every byte in the end', () =>
    withServer(streamFiles(source(), { chunkSize: 1000 }), async ({ port }) => {
      const socket = await ask(port, '/large.bin', ['Connection: close'])
      const first = await firstBytes(socket)
      const { bytes } = await restOf(socket)
      const [response] = parseResponses(Buffer.concat([first, bytes]))
      expect(response?.complete).toBe(true)
      expect(response?.body.equals(LARGE)).toBe(true)
    }))

  describe('over HTTP/2', () => {
    async function received(
      target: string,
      headers = {},
    ): Promise<{ status: unknown; body: Buffer; code: number | undefined }> {
      let result: { status: unknown; body: Buffer; code: number | undefined } | undefined
      const files = streamFiles(source())
      await withHttp2Client(files, async ({ session }) => {
        const stream = openStream(session, target, headers)
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        const [fields] = await once(stream, 'response')
        if (!stream.closed) await once(stream, 'close')
        result = {
          status: fields[':status'],
          body: Buffer.concat(parts),
          code: stream.rstCode,
        }
      })
      if (result === undefined) throw new Error('No response')
      return result
    }

    test('a file, a range, a HEAD and a 404 are complete', async () => {
      const whole = await received('/large.bin')
      expect([whole.status, whole.body.equals(LARGE), whole.code]).toEqual([200, true, 0])
      const part = await received('/poem.txt', { range: 'bytes=0-5' })
      expect([part.status, part.body.toString()]).toEqual([206, 'twenty'])
      const head = await received('/poem.txt', { ':method': 'HEAD' })
      expect([head.status, head.body.length]).toEqual([200, 0])
      expect((await received('/none.txt')).status).toBe(404)
    })

    test('a stream that the client resets is an aborted outcome', async () => {
      const outcomes: Outcome[] = []
      const files = streamFiles(source(), { onOutcome: (outcome) => outcomes.push(outcome) })
      await withHttp2Client(files, async ({ session }) => {
        const stream = openStream(session, '/large.bin')
        await once(stream, 'response')
        stream.close(constants.NGHTTP2_CANCEL)
        await eventually(() => outcomes.length > 0)
        expect(outcomes).toMatchObject([{ completed: false, aborted: true }])
      })
    })
  })
})
