import { closeSync, openSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readChunks, streamFiles, streamResponse } from '../../lib/index.js'
import { age, directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const GIB = 1024 ** 3
const SIZE = 5 * GIB
// Around 4 GiB, where an offset of 32 bits begins anew.
const PLACES = [2 * GIB - 5, 4 * GIB - 5, 4 * GIB + 1000, SIZE - 10]

const directory = directoryOf({ 'sparse.bin': '' })
const file = join(directory, 'sparse.bin')

beforeAll(() => {
  truncateSync(file, SIZE)
  const descriptor = openSync(file, 'r+')
  for (const place of PLACES) writeSync(descriptor, textAt(place), place)
  closeSync(descriptor)
  age(file)
})

afterAll(removeDirectories)

/** Ten bytes that are at no other place. */
function textAt(place: number): string {
  return String(place).padStart(10, '_')
}

test.each(PLACES)('a range of a 5 GiB file from %d on has the right bytes', async (place) => {
  await withServer(streamFiles(directory), async ({ port }) => {
    const headers = [`Range: bytes=${place}-${place + 9}`]
    const response = await request(port, '/sparse.bin', { headers })
    expect(response).toMatchObject({ status: 206, complete: true })
    expect(response.headers['content-range']).toBe(`bytes ${place}-${place + 9}/${SIZE}`)
    expect(response.body.toString()).toBe(textAt(place))
  })
})

test('several ranges and a suffix past 4 GiB have the right bytes', async () => {
  await withServer(streamFiles(directory), async ({ port }) => {
    const place = 4 * GIB + 1000
    const headers = [`Range: bytes=${place}-${place + 9},-10`]
    const response = await request(port, '/sparse.bin', { headers })
    expect(response).toMatchObject({ status: 206, complete: true })
    expect(response.body.toString()).toContain(
      `bytes ${place}-${place + 9}/${SIZE}\r\n\r\n${textAt(place)}\r\n`,
    )
    expect(response.body.toString()).toContain(`\r\n\r\n${textAt(SIZE - 10)}\r\n`)
  })
})

test('a window and readChunks past 4 GiB have the right bytes', async () => {
  const place = 4 * GIB - 5
  const range = { start: place, end: place + 9 }
  for await (const chunk of readChunks(file, range)) expect(chunk.toString()).toBe(textAt(place))
  await withServer(
    (_req, res) => void streamResponse(res, file, range),
    async ({ port }) => {
      const response = await request(port, '/')
      expect(response.body.toString()).toBe(textAt(place))
    },
  )
})

test('HEAD has the length of a 5 GiB file', async () => {
  await withServer(streamFiles(directory), async ({ port }) => {
    const response = await request(port, '/sparse.bin', { method: 'HEAD' })
    expect(response.headers['content-length']).toBe(String(SIZE))
  })
})
