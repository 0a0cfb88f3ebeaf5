import fs, { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Outcome } from '../../lib/index.js'
import { streamResponse } from '../../lib/index.js'
import { ask, restOf } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from '../support/files.js'
import { HeldBack } from '../support/held-back.js'
import { parseResponses, type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// More than is read at once.
const SIZE = 3 * 1024 * 1024
const before = patternOf(SIZE)

// As much of it as is read first: what a regenerated file may have in common with the old one.
const FIRST_BLOCK = 128 * 1024

afterAll(removeDirectories)

interface Transfer {
  readonly response: RawResponse
  readonly reset: boolean
  readonly outcome: Outcome
}

interface Request {
  readonly version?: string
  readonly contentLength?: boolean
  readonly range?: string
}

/** Requests a file, changes it once the body is under way, and reads to the end. */
async function transferDuring(
  change: (file: string) => void | Promise<void>,
  { version = '1.1', contentLength = false, range }: Request = {},
): Promise<Transfer> {
  const file = join(directoryOf({ 'file.bin': before }), 'file.bin')
  const outcomes: Outcome[] = []
  const app = express()
  const held: HeldBack[] = []
  const reads = watchReads()
  app.get('/', (_req, res) => {
    // The headers of the first part are written before anything is read.
    held.push(new HeldBack(res, range === undefined ? 0 : 1))
    void streamResponse(res, file, { contentLength }).then((outcome) => outcomes.push(outcome))
  })
  return withServer(app, async ({ port }) => {
    const baseline = openDescriptors()
    const headers = ['Connection: close', ...(range === undefined ? [] : [`Range: ${range}`])]
    const socket = await ask(port, '/', headers, version)
    const rest = restOf(socket)
    // Seen on this side: node's own client takes a reset for an end, where it comes along with data.
    const resets = jest.spyOn(Socket.prototype, 'resetAndDestroy')
    await eventually(() => held[0]?.holds === true)
    await eventually(() => reads.underWay === 0)
    await change(file)
    held[0]?.release()
    const { bytes } = await rest
    const reset = resets.mock.calls.length > 0
    resets.mockRestore()
    reads.restore()
    await eventually(() => outcomes.length === 1)
    await descriptorsBackTo(baseline)
    const [response] = parseResponses(bytes)
    const [outcome] = outcomes
    if (response === undefined || outcome === undefined) throw new Error('No response')
    return { response, reset, outcome }
  })
}

/** Counts the reads of files that have begun and are not done. */
function watchReads() {
  const watched = { underWay: 0, restore: () => spy.mockRestore() }
  const { read } = fs
  const spy = jest.spyOn(fs, 'read').mockImplementation((...parameters: unknown[]) => {
    const done = parameters.pop()
    watched.underWay++
    Reflect.apply(read, fs, [
      ...parameters,
      (...results: unknown[]) => {
        watched.underWay--
        if (typeof done === 'function') done(...results)
      },
    ])
  })
  return watched
}

const changes: [string, (file: string) => void][] = [
  ['shrinks', (file) => truncateSync(file, SIZE / 2)],
  ['is emptied', (file) => truncateSync(file, 0)],
  ['is written over in place with the same size', (file) => rewrite(file, SIZE)],
  ['is written over in place with a larger size', (file) => rewrite(file, SIZE + 1000)],
  ['is regenerated with the same beginning and more rows', (file) => regenerate(file, FIRST_BLOCK)],
  ['is regenerated with the same first half and more rows', (file) => regenerate(file, SIZE / 2)],
]

function rewrite(file: string, size: number): void {
  writeFileSync(file, Buffer.alloc(size, 'new'))
}

/** Longer than before, and different from `same` bytes on. */
function regenerate(file: string, same: number): void {
  writeFileSync(file, Buffer.concat([before.subarray(0, same), Buffer.alloc(SIZE, 'new')]))
}

describe.each(changes)('a file that %s while it is sent', (_name, change) => {
  test('is aborted without the terminating chunk, and the outcome has the reason', async () => {
    const { response, outcome } = await transferDuring(change)
    expect(response.complete).toBe(false)
    expect(outcome).toMatchObject({ status: 200, completed: false, aborted: false })
    expect(outcome.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
  })

  test('is aborted before its Content-Length if it has one', async () => {
    const { response, outcome } = await transferDuring(change, { contentLength: true })
    expect(response.headers['content-length']).toBe(String(SIZE))
    expect(response.complete).toBe(false)
    expect(outcome.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
  })

  test('is aborted between two ranges', async () => {
    const half = SIZE / 2
    const range = `bytes=0-${half - 1},${half + 10}-${SIZE - 1}`
    const { response, outcome } = await transferDuring(change, { range })
    expect(response.status).toBe(206)
    expect(response.complete).toBe(false)
    expect(outcome.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
  })

  test('resets the connection of an HTTP/1.0 client, for which a FIN is the end of the body', async () => {
    const { reset, outcome } = await transferDuring(change, { version: '1.0' })
    expect(reset).toBe(true)
    expect(outcome.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
  })
})

test('a slow client gets nothing of the new version', async () => {
  const { response, outcome } = await transferDuring(async (file) => {
    rewrite(file, SIZE)
    await new Promise((resolve) => setTimeout(resolve, 150))
  })
  expect(response.complete).toBe(false)
  expect(response.body.includes('newnew')).toBe(false)
  expect(outcome.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
})

test('several ranges too short for a check between them are aborted before the last', async () => {
  const file = join(directoryOf({ 'file.bin': before }), 'file.bin')
  const listener: RequestListener = (_req, res) => {
    let writes = 0
    const { write } = res
    // The head of the first part, the first part: changed before the second is read.
    res.write = (...written: unknown[]) => {
      if (++writes === 2) rewrite(file, SIZE)
      return Reflect.apply(write, res, written)
    }
    void streamResponse(res, file)
  }
  await withServer(listener, async ({ port }) => {
    const headers = ['Range: bytes=0-99,200-299']
    const response = await request(port, '/', { headers })
    expect(response).toMatchObject({ status: 206, complete: false })
    expect(response.body.includes('new')).toBe(false)
  })
})

describe('a file that is opened between the truncation and the first write of its writer', () => {
  const send = (file: string | FileHandle) => {
    const listener: RequestListener = (_req, res) =>
      void streamResponse(res, file, { contentLength: true })
    return withServer(listener, ({ port }) => request(port, '/'))
  }
  const whole = { status: 200, complete: true, headers: { 'content-length': String(SIZE) } }

  // Without a size nothing could tell at the end of the body that the file was rewritten once more.
  test('has the size that its writer gave it', async () => {
    const file = join(directoryOf({ 'file.bin': '' }), 'file.bin')
    const { fstat } = fs
    const spy = jest.spyOn(fs, 'fstat').mockImplementationOnce((...parameters: unknown[]) => {
      const done = parameters.pop()
      Reflect.apply(fstat, fs, [
        ...parameters,
        (...results: unknown[]) => {
          writeFileSync(file, before)
          if (typeof done === 'function') done(...results)
        },
      ])
    })
    const response = await send(file)
    spy.mockRestore()
    expect(response).toMatchObject(whole)
    expect(response.body.equals(before)).toBe(true)
  })

  test('has it as a FileHandle too', async () => {
    const file = join(directoryOf({ 'file.bin': '' }), 'file.bin')
    const handle = await open(file)
    const empty = await handle.stat({ bigint: true })
    jest.spyOn(handle, 'stat').mockImplementationOnce(async () => {
      writeFileSync(file, before)
      return empty
    })
    const response = await send(handle)
    await handle.close()
    expect(response).toMatchObject(whole)
    expect(response.body.equals(before)).toBe(true)
  })
})

test('a file that grows while it is sent is sent with the size it had', async () => {
  const { response, outcome } = await transferDuring((file) => appendFileSync(file, 'more'))
  expect(response.complete).toBe(true)
  expect(response.body.equals(before)).toBe(true)
  expect(outcome).toMatchObject({ completed: true, bytesSent: SIZE })
})

test('a file that another is renamed over while it is sent is sent whole', async () => {
  const { response, outcome } = await transferDuring((file) => {
    writeFileSync(`${file}.new`, 'another')
    renameSync(`${file}.new`, file)
  })
  expect(response.complete).toBe(true)
  expect(response.body.equals(before)).toBe(true)
  expect(outcome).toMatchObject({ completed: true, bytesSent: SIZE })
})
