import { readlinkSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { StreamFilesOptions } from '../../lib/options/option-types.js'
import { loadSendfile } from '../../lib/source/disk/sendfile.js'
import { streamFiles } from '../../lib/stream-files.js'
import { streamResponse } from '../../lib/stream-response.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { observeSendfile } from '../support/sendfile.js'
import { withServer } from '../support/server.js'

const EAGAIN = -constants.errno.EAGAIN
const CHUNK = 5000
const content = patternOf(700_001)
const directory = directoryOf({ 'large.bin': content })

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

function get(
  options: StreamFilesOptions,
  { headers = [], version = '1.1' }: { headers?: readonly string[]; version?: string } = {},
) {
  const serve = streamFiles(directory, { sendfile: true, chunkSize: CHUNK, ...options })
  return withServer(serve, ({ port }) => request(port, '/large.bin', { headers, version }))
}

function expectWholeChunks(chunks: readonly number[] | undefined): void {
  expect(chunks?.slice(0, -1).every((size) => size === CHUNK)).toBe(true)
  expect(chunks?.reduce((sum, size) => sum + size, 0)).toBe(content.length)
}

test('a chunked body has its chunks, and nearly all of it is sent by the kernel', async () => {
  const observed = observeSendfile()
  const { body, chunks, complete } = await get({})
  expect(body.equals(content)).toBe(true)
  expect(complete).toBe(true)
  expectWholeChunks(chunks)
  expect(observed.bytes).toBeGreaterThan(content.length - 20 * CHUNK)
})

test.each([
  ['a body with a length', { contentLength: true }, {}],
  ['the body of an HTTP/1.0 response', {}, { version: '1.0' }],
])('%s is sent by the kernel', async (_name, options, how) => {
  const observed = observeSendfile()
  const { body, chunks, headers } = await get(options, how)
  expect(body.equals(content)).toBe(true)
  expect(chunks).toBeUndefined()
  expect(headers['content-length']).toBe(String(content.length))
  expect(observed.bytes).toBeGreaterThan(content.length - 20 * CHUNK)
})

test('a range is sent by the kernel', async () => {
  const observed = observeSendfile()
  const { status, body } = await get({}, { headers: ['Range: bytes=1234-654321'] })
  expect(status).toBe(206)
  expect(body.equals(content.subarray(1234, 654_322))).toBe(true)
  expect(observed.bytes).toBeGreaterThan(500_000)
})

test('the parts of a multipart body are sent by the kernel', async () => {
  const observed = observeSendfile()
  const ranges = ['Range: bytes=10-300009,400000-699999']
  const { body, headers, complete } = await get({}, { headers: ranges })
  expect(headers['content-type']).toMatch(/^multipart\/byteranges/)
  expect(complete).toBe(true)
  expect(body.includes(content.subarray(10, 300_010))).toBe(true)
  expect(body.includes(content.subarray(400_000, 700_000))).toBe(true)
  expect(observed.bytes).toBeGreaterThan(500_000)
})

test('responses of one connection follow each other, pipelined ones too', async () => {
  const observed = observeSendfile()
  const serve = streamFiles(directory, { sendfile: true, chunkSize: CHUNK })
  const one = 'GET /large.bin HTTP/1.1\r\nHost: localhost\r\n'
  const bytes = await withServer(serve, ({ port }) =>
    exchangeRaw(port, `${one}\r\n${one}\r\n${one}Connection: close\r\n\r\n`),
  )
  const responses = parseResponses(bytes)
  expect(responses).toHaveLength(3)
  for (const { body, chunks } of responses) {
    expect(body.equals(content)).toBe(true)
    expectWholeChunks(chunks)
  }
  expect(observed.bytes).toBeGreaterThan(2 * content.length)
})

/** How much a call accepts: bytes, or nothing because the socket is full. */
const acceptance = fc.array(fc.oneof(fc.constant(EAGAIN), fc.integer({ min: 1, max: 3 * CHUNK })), {
  minLength: 1,
  maxLength: 40,
})

/** Lets the calls accept as little as they are told to, in turn. */
function limitCalls(sizes: readonly number[]): void {
  const calls = loadSendfile()
  const { sendFile, send } = calls
  let turn = 0
  const next = () => sizes[turn++ % sizes.length] ?? EAGAIN
  jest.spyOn(calls, 'sendFile').mockImplementation((socket, file, position, bytes) => {
    const size = next()
    return size < 0 ? size : sendFile(socket, file, position, Math.min(size, bytes))
  })
  jest.spyOn(calls, 'send').mockImplementation((socket, bytes) => {
    const size = next()
    return size < 0 ? size : send(socket, bytes.subarray(0, size))
  })
}

test('a chunked body is exact however little the socket accepts at a time', async () => {
  await fc.assert(
    fc.asyncProperty(acceptance, async (sizes) => {
      limitCalls(sizes)
      const { body, chunks, complete } = await get({})
      jest.restoreAllMocks()
      expect(complete).toBe(true)
      expect(body.equals(content)).toBe(true)
      expectWholeChunks(chunks)
    }),
    { numRuns: 25 },
  )
})

test('a framing of which the socket accepts one byte at a time stays in order', async () => {
  limitCalls([1, EAGAIN, 1, CHUNK, 1, 1])
  const { body, chunks } = await get({})
  expect(body.equals(content)).toBe(true)
  expectWholeChunks(chunks)
})

test('a body with a length is exact however little the socket accepts at a time', async () => {
  await fc.assert(
    fc.asyncProperty(acceptance, async (sizes) => {
      limitCalls(sizes)
      const { body } = await get({ contentLength: true })
      jest.restoreAllMocks()
      expect(body.equals(content)).toBe(true)
    }),
    { numRuns: 25 },
  )
})

test('chunks larger than one turn of the event loop sends are exact', async () => {
  const large = patternOf(6_000_000)
  const observed = observeSendfile()
  const directory = directoryOf({ 'huge.bin': large })
  const serve = streamFiles(directory, { sendfile: true, chunkSize: 2_500_000 })
  const { body, chunks } = await withServer(serve, ({ port }) => request(port, '/huge.bin'))
  expect(body.equals(large)).toBe(true)
  expect(chunks).toEqual([2_500_000, 2_500_000, 1_000_000])
  expect(observed.bytes).toBeGreaterThan(0)
})

test('no turn of the event loop sends more than a mebibyte of a response', async () => {
  const directory = directoryOf({ 'huge.bin': patternOf(12_000_000) })
  const calls = loadSendfile()
  const { sendFile } = calls
  const bytesOfTurns = [0]
  jest.spyOn(calls, 'sendFile').mockImplementation((...call) => {
    const sent = sendFile(...call)
    const turn = bytesOfTurns.length - 1
    bytesOfTurns[turn] = (bytesOfTurns[turn] ?? 0) + Math.max(sent, 0)
    // What is called before the next immediate was called in the same turn.
    setImmediate(() => turn === bytesOfTurns.length - 1 && bytesOfTurns.push(0))
    return sent
  })
  const serve = streamFiles(directory, { sendfile: true })
  await withServer(serve, ({ port }) => request(port, '/huge.bin'))
  expect(Math.max(...bytesOfTurns)).toBeLessThanOrEqual(1024 * 1024)
  expect(bytesOfTurns.length).toBeGreaterThan(10)
})

test('socket.bytesWritten counts what the kernel sent', async () => {
  let written = 0
  const serve = streamFiles(directory, { sendfile: true, contentLength: true })
  await withServer(
    (req, res) => {
      res.once('finish', () => {
        written = req.socket.bytesWritten
      })
      serve(req, res)
    },
    ({ port }) => request(port, '/large.bin'),
  )
  expect(written).toBeGreaterThan(content.length)
  expect(written).toBeLessThan(content.length + 1000)
})

test('a connection with a time limit is not idle while the kernel sends', async () => {
  const setTimeouts: number[] = []
  const serve = streamFiles(directory, { sendfile: true })
  const { body } = await withServer(
    (req, res) => {
      req.socket.setTimeout(60_000)
      jest.spyOn(req.socket, 'setTimeout').mockImplementation(function set(this: never, limit) {
        setTimeouts.push(limit)
        return this
      })
      serve(req, res)
    },
    ({ port }) => request(port, '/large.bin'),
  )
  expect(body.equals(content)).toBe(true)
  expect(setTimeouts).toContain(60_000)
})

test.each([
  ['the end of the file', 0],
  ['EINTR', -constants.errno.EINTR],
  ['EPIPE', -constants.errno.EPIPE],
  ['ECONNRESET', -constants.errno.ECONNRESET],
  ['EINVAL', -constants.errno.EINVAL],
  ['EIO', -constants.errno.EIO],
])(
  'after %s from the kernel, reading and writing decide how the response goes on',
  async (_name, result) => {
    jest.spyOn(loadSendfile(), 'sendFile').mockReturnValue(result)
    const { body, chunks } = await get({})
    expect(body.equals(content)).toBe(true)
    expectWholeChunks(chunks)
  },
)

test('a file that is not in the page cache is read by the thread pool', async () => {
  const sendFile = jest.spyOn(loadSendfile(), 'sendFile')
  jest.spyOn(loadSendfile(), 'readCached').mockReturnValue(EAGAIN)
  const { body } = await get({})
  expect(body.equals(content)).toBe(true)
  expect(sendFile).not.toHaveBeenCalled()
})

test('a response that others end within a chunk has its connection closed', async () => {
  const directory = directoryOf({ 'huge.bin': patternOf(6_000_000) })
  const calls = loadSendfile()
  const { sendFile } = calls
  const options = { sendfile: true, chunkSize: 2_500_000, errors: 'throw' } as const
  let isClosed: boolean | undefined
  await withServer(
    ({ socket }, res) => {
      jest.spyOn(calls, 'sendFile').mockImplementation((...call) => {
        // As much as one turn sends: the rest of the chunk waits for the next one.
        process.nextTick(() => res.end())
        return sendFile(...call)
      })
      streamResponse(res, join(directory, 'huge.bin'), options).catch(() => {
        isClosed = socket.destroyed
        socket.destroy()
      })
    },
    ({ port }) => exchangeRaw(port, 'GET /huge.bin HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  )
  expect(isClosed).toBe(true)
})

test('only descriptors of the open file are used', async () => {
  const calls = loadSendfile()
  const files = new Set<string>()
  const { sendFile } = calls
  jest.spyOn(calls, 'sendFile').mockImplementation((socket, file, position, bytes) => {
    files.add(readlinkSync(`/proc/self/fd/${file}`))
    return sendFile(socket, file, position, bytes)
  })
  await get({})
  expect([...files]).toEqual([join(directory, 'large.bin')])
})
