import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { type Outcome, streamFiles, streamResponse } from '../../lib/index.js'
import type { StreamResponseOptions } from '../../lib/options/option-types.js'
import { writeProgress } from '../../lib/response/write-progress.js'
import { loadSendfile } from '../../lib/source/disk/sendfile.js'
import { ask, type Disconnect, disconnected, firstBytes, restOf } from '../support/clients.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { parseResponses, request } from '../support/raw-http.js'
import { dropFromPageCache, observeSendfile } from '../support/sendfile.js'
import { type TestServer, withServer } from '../support/server.js'

// More than the buffers of both ends of a connection hold.
const SIZE = 24 * 1024 * 1024
const content = patternOf(SIZE)

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** A server of one large file, and a client that reads nothing until the connection is full. */
async function withStalledClient(
  options: StreamResponseOptions,
  use: (client: {
    readonly file: string
    readonly socket: Awaited<ReturnType<typeof ask>>
    readonly outcome: Promise<Outcome>
    readonly server: TestServer
  }) => Promise<void>,
): Promise<void> {
  const directory = directoryOf({ 'large.bin': content })
  const file = join(directory, 'large.bin')
  const observed = observeSendfile()
  let outcome: Promise<Outcome> | undefined
  let isFull = () => false
  const listener: RequestListener = (_req, res) => {
    isFull = () => observed.bytes > 0 && writeProgress(res).isPending
    outcome = streamResponse(res, file, { sendfile: true, errors: 'throw', ...options })
    outcome.catch(() => {})
  }
  await withServer(listener, async (server) => {
    const socket = await ask(server.port, '/', ['Connection: close'])
    await eventually(() => isFull())
    if (outcome === undefined) throw new Error('There was no request')
    await use({ file, socket, outcome, server })
    await eventually(() => openFilesBelow(directory).length === 0)
  })
}

const framings: [string, StreamResponseOptions][] = [
  ['chunked', {}],
  ['with a length', { contentLength: true }],
]

describe.each(framings)('a body that is sent by the kernel, %s', (_name, options) => {
  test.each<[string, (file: string) => void]>([
    ['becomes shorter', (file) => truncateSync(file, SIZE / 2)],
    ['is emptied', (file) => truncateSync(file, 0)],
    ['is written over with the same size', (file) => writeFileSync(file, Buffer.alloc(SIZE))],
    ['is written over and grows', (file) => writeFileSync(file, Buffer.alloc(SIZE + 9))],
  ])('is aborted if its file %s', async (_change, change) => {
    await withStalledClient(options, async ({ file, socket, outcome }) => {
      change(file)
      const { bytes } = await restOf(socket)
      const [response] = parseResponses(bytes)
      expect(response?.complete).toBe(false)
      await expect(outcome).rejects.toMatchObject({ code: 'ERR_FILE_CHANGED' })
    })
  })

  test('is whole if its file is appended to', async () => {
    await withStalledClient(options, async ({ file, socket, outcome }) => {
      appendFileSync(file, 'more')
      const { bytes } = await restOf(socket)
      const [response] = parseResponses(bytes)
      expect(response?.complete).toBe(true)
      expect(response?.body.equals(content)).toBe(true)
      expect(await outcome).toMatchObject({ completed: true, bytesSent: SIZE })
    })
  })

  test.each<Disconnect>(['FIN', 'RST'])(
    'is aborted when a client that stalled disconnects with %s',
    async (how) => {
      await withStalledClient(options, async ({ socket, outcome }) => {
        await disconnected(socket, how)
        const { aborted, completed, bytesSent, error } = await outcome
        expect({ aborted, completed, error }).toEqual({ aborted: true, completed: false })
        expect(bytesSent).toBeGreaterThan(0)
        expect(bytesSent).toBeLessThan(SIZE)
      })
    },
  )

  test('is aborted when its client stalls for stallTimeout', async () => {
    await withStalledClient({ ...options, stallTimeout: 40 }, async ({ outcome }) => {
      expect(await outcome).toMatchObject({ aborted: true, error: { code: 'ERR_STALL_TIMEOUT' } })
    })
  })

  test('is aborted by a signal', async () => {
    const stop = new AbortController()
    await withStalledClient({ ...options, signal: stop.signal }, async ({ socket, outcome }) => {
      stop.abort()
      const [response] = parseResponses((await restOf(socket)).bytes)
      expect(response?.complete).toBe(false)
      await expect(outcome).rejects.toMatchObject({ status: 503 })
    })
  })

  test('is whole for a client that pauses again and again', async () => {
    await withStalledClient(options, async ({ socket, outcome }) => {
      let pauses = 0
      socket.on('data', () => {
        if (++pauses % 50 !== 0) return
        socket.pause()
        setImmediate(() => socket.resume())
      })
      const [response] = parseResponses((await restOf(socket)).bytes)
      expect(response?.body.equals(content)).toBe(true)
      expect((await outcome).completed).toBe(true)
    })
  })
})

test('a client may disconnect before every call of the kernel', async () => {
  const directory = directoryOf({ 'large.bin': content.subarray(0, 2_000_000) })
  const calls = loadSendfile()
  const { sendFile } = calls
  const outcomes: Outcome[] = []
  const serve = streamFiles(directory, {
    sendfile: true,
    chunkSize: 300_000,
    onOutcome: (outcome) => outcomes.push(outcome),
  })
  await withServer(serve, async ({ port }) => {
    for (let before = 0; before < 12; before++) {
      const socket = await ask(port, '/large.bin')
      let count = 0
      jest.spyOn(calls, 'sendFile').mockImplementation((...call) => {
        if (count++ === before) socket.resetAndDestroy()
        return sendFile(...call)
      })
      socket.resume()
      await eventually(() => outcomes.length === before + 1)
      socket.destroy()
      await eventually(() => openFilesBelow(directory).length === 0)
    }
  })
  expect(outcomes.filter(({ aborted }) => aborted).length).toBeGreaterThan(0)
  for (const { error } of outcomes) expect(error).toBeUndefined()
})

test('no call uses a descriptor after it was closed', async () => {
  const directory = directoryOf({ 'large.bin': content })
  const calls = loadSendfile()
  const { sendFile } = calls
  const unknown: number[] = []
  jest.spyOn(calls, 'sendFile').mockImplementation((socket, file, ...rest) => {
    if (openFilesBelow(directory).length === 0) unknown.push(file)
    return sendFile(socket, file, ...rest)
  })
  const serve = streamFiles(directory, { sendfile: true })
  await withServer(serve, async ({ port }) => {
    const visits = Array.from({ length: 20 }, async (_, index) => {
      const socket = await ask(port, '/large.bin')
      if (index % 2 === 0) await firstBytes(socket)
      await disconnected(socket, index % 4 < 2 ? 'RST' : 'FIN')
    })
    await Promise.all(visits)
    await eventually(() => openFilesBelow(directory).length === 0)
  })
  expect(unknown).toEqual([])
})

test('bytes that are not in the page cache are read by the thread pool, the others sent by the kernel', async () => {
  const directory = directoryOf({ 'large.bin': content })
  const file = join(directory, 'large.bin')
  const calls = loadSendfile()
  const { readCached, sendFile } = calls
  const uncached: number[] = []
  const sentUncached: number[] = []
  dropFromPageCache(file)
  jest.spyOn(calls, 'readCached').mockImplementation((descriptor, buffer, position) => {
    const result = readCached(descriptor, buffer, position)
    if (result < 0) uncached.push(position)
    return result
  })
  jest.spyOn(calls, 'sendFile').mockImplementation((socket, descriptor, position, bytes) => {
    // As the kernel has just told, the last byte of what it is asked to send is in memory.
    const last = readCached(descriptor, Buffer.alloc(1), position + bytes - 1)
    if (last !== 1) sentUncached.push(position)
    return sendFile(socket, descriptor, position, bytes)
  })
  const serve = streamFiles(directory, { sendfile: true })
  await withServer(serve, async ({ port }) => {
    const { body } = await request(port, '/large.bin')
    expect(body.equals(content)).toBe(true)
  })
  expect(uncached.length).toBeGreaterThan(0)
  expect(sentUncached).toEqual([])
})
