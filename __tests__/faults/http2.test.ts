import { once } from 'node:events'
import { truncateSync } from 'node:fs'
import { type ClientHttp2Session, connect, constants, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'

// More than the window of a stream, so that no transfer completes before the disconnect.
const LARGE = 4 * 1024 * 1024
const large = patternOf(LARGE)
const directory = directoryOf({ 'large.bin': large, 'small.txt': 'small' })

afterAll(removeDirectories)

const outcomes: Outcome[] = []
beforeEach(() => outcomes.splice(0))

async function withHttp2(use: (session: ClientHttp2Session) => Promise<void>): Promise<void> {
  const files = streamFiles(directory)
  const server = createServer((req, res) => {
    if (req.url.startsWith('/counted/')) {
      const contentLength = Number(req.url.slice('/counted/'.length))
      const body = Readable.from([Buffer.from('ab'), Buffer.from('cd')])
      void streamResponse(res, body, { contentLength }).then((outcome) => outcomes.push(outcome))
      return
    }
    if (req.url === '/bytes') return void streamResponse(res, large)
    if (req.url === '/items')
      return void streamResponse(res, Array(64).fill(large.subarray(0, 65_536)))
    if (!req.url.startsWith('/one/')) return files(req, res)
    const file = join(directory, req.url.slice('/one/'.length))
    void streamResponse(res, file).then((outcome) => outcomes.push(outcome))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  await once(session, 'connect')
  try {
    await use(session)
  } finally {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
  readonly resetWith: number
}

function get(session: ClientHttp2Session, path: string, headers = {}): Promise<Received> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path, ...headers })
    const parts: Buffer[] = []
    let received: Readonly<Record<string, unknown>> = {}
    stream.on('response', (fields) => {
      received = fields
    })
    stream.on('data', (part) => parts.push(part))
    stream.on('error', () => {})
    stream.on('close', () =>
      resolve({
        status: Number(received[':status']),
        headers: received,
        body: Buffer.concat(parts),
        resetWith: stream.rstCode ?? 0,
      }),
    )
  })
}

/** Asks, waits for the first bytes, and resets the stream. */
function getAndReset(session: ClientHttp2Session, path: string, code: number): Promise<void> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path })
    stream.on('error', () => {})
    stream.once('data', () => {
      stream.pause()
      stream.close(code, resolve)
    })
  })
}

test.each(['/large.bin', '/one/large.bin', '/bytes', '/items'])(
  'a connection on which %s was cancelled a hundred times serves the next request',
  async (path) => {
    await withHttp2(async (session) => {
      for (let times = 0; times < 100; times++) {
        await getAndReset(session, path, constants.NGHTTP2_CANCEL)
      }
      expect(await get(session, '/small.txt')).toMatchObject({ status: 200, resetWith: 0 })
    })
  },
)

test('many streams on one HTTP/2 connection get their complete bodies, without headers of HTTP/1', async () => {
  await withHttp2(async (session) => {
    await expectSilence(async () => {
      const paths = Array.from({ length: 40 }, (_, i) =>
        i % 2 === 0 ? '/large.bin' : '/one/large.bin',
      )
      for (const { status, headers, body, resetWith } of await Promise.all(
        paths.map((path) => get(session, path)),
      )) {
        expect({ status, resetWith }).toEqual({ status: 200, resetWith: 0 })
        expect(body.equals(large)).toBe(true)
        expect(headers).not.toHaveProperty('transfer-encoding')
        expect(headers).not.toHaveProperty('connection')
      }
    })
    expect(
      outcomes.filter(({ completed, bytesSent }) => !completed || bytesSent !== LARGE),
    ).toEqual([])
    expect(outcomes).toHaveLength(20)
  })
})

test.each([
  ['a part', '/large.bin', { range: 'bytes=10-19' }, 206],
  ['several parts', '/large.bin', { range: 'bytes=10-19,30-39' }, 206],
  ['not modified', '/small.txt', { 'if-none-match': '*' }, 304],
  ['nothing of that name', '/nothing', {}, 404],
  ['a refused name', '/%2e%2e/x', {}, 404],
  ['no headers that would break', '/one/nothing', {}, 404],
  ['a precondition that fails', '/small.txt', { 'if-match': '"x"' }, 412],
  ['a range beyond the end', '/small.txt', { range: 'bytes=99-' }, 416],
])('HTTP/2 gets %s', async (_name, path, headers, status) => {
  await withHttp2(async (session) => {
    await expectSilence(async () => {
      expect(await get(session, path, headers)).toMatchObject({ status, resetWith: 0 })
    })
  })
})

test.each([
  ['CANCEL', constants.NGHTTP2_CANCEL],
  ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR],
])('HTTP/2 streams reset with %s settle as aborted and leak nothing', async (_name, code) => {
  await withHttp2(async (session) => {
    const baseline = openDescriptors()
    await expectSilence(async () => {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          getAndReset(session, i % 2 === 0 ? '/one/large.bin' : '/large.bin', code),
        ),
      )
      await eventually(() => outcomes.length === 50)
      await descriptorsBackTo(baseline)
    })
    expect(outcomes.filter(({ aborted, completed }) => !aborted || completed)).toEqual([])
  })
  await withHttp2(async (session) => {
    expect((await get(session, '/small.txt')).body.toString()).toBe('small')
  })
})

test('an HTTP/2 connection that closes aborts all its streams', async () => {
  await withHttp2(async (session) => {
    const baseline = openDescriptors()
    await expectSilence(async () => {
      const streams = Array.from({ length: 50 }, () =>
        session.request({ ':path': '/one/large.bin' }),
      )
      await Promise.all(
        streams.map(async (stream) => {
          stream.on('error', () => {})
          await once(stream, 'data')
          stream.pause()
        }),
      )
      session.destroy()
      await eventually(() => outcomes.length === 50)
      await descriptorsBackTo(baseline)
    })
    expect(outcomes.filter(({ aborted, completed }) => !aborted || completed)).toEqual([])
  })
})

test('an HTTP/2 body whose file shrinks is reset with an error, not ended', async () => {
  const file = join(directory, 'large.bin')
  await withHttp2(async (session) => {
    const stream = session.request({ ':path': '/one/large.bin' })
    stream.on('error', () => {})
    await once(stream, 'data')
    truncateSync(file, 100)
    stream.resume()
    await new Promise((resolve) => stream.once('close', resolve))
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    await eventually(() => outcomes.length === 1)
    expect(outcomes).toMatchObject([
      { completed: false, aborted: false, error: { code: 'ERR_FILE_CHANGED' } },
    ])
    expect((await get(session, '/small.txt')).body.toString()).toBe('small')
  })
})

test('a body of another length than its contentLength resets the stream with an error', async () => {
  await withHttp2(async (session) => {
    const right = await get(session, '/counted/4')
    expect(right).toMatchObject({ status: 200, resetWith: constants.NGHTTP2_NO_ERROR })
    expect(right.headers['content-length']).toBe('4')
    expect(String(right.body)).toBe('abcd')
    for (const wrong of [3, 5]) {
      const { resetWith } = await get(session, `/counted/${wrong}`)
      expect(resetWith).not.toBe(constants.NGHTTP2_NO_ERROR)
    }
    await eventually(() => outcomes.length === 3)
    const error = { code: 'ERR_CONTENT_LENGTH_MISMATCH' }
    expect(outcomes.slice(1)).toMatchObject([{ error }, { error }])
  })
})
