import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { age, directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const GIB = 1024 ** 3
const SIZE = 6 * GIB
const MARK = patternOf(1000)

// Where a 31-bit or a 32-bit number ends, and one place past them.
const PLACES = [2 * GIB - 500, 4 * GIB - 500, 5 * GIB]

let server: TestServer
let path: string

/** A sparse file of 6 GiB that needs a few blocks of the disk: all of it is a hole except three marks. */
beforeAll(async () => {
  const root = directoryOf({ 'sparse.bin': '' })
  path = join(root, 'sparse.bin')
  const descriptor = openSync(path, 'r+')
  ftruncateSync(descriptor, SIZE)
  for (const place of PLACES) writeSync(descriptor, MARK, 0, MARK.length, place)
  closeSync(descriptor)
  age(path)
  const files = streamFiles(root)
  server = await serve((req, res) => {
    if (req.url !== '/part') return files(req, res)
    void streamResponse(res, path, { start: 5 * GIB, end: 5 * GIB + 999 })
  })
})

afterAll(async () => {
  await server.close()
  removeDirectories()
})

function ask(range: string) {
  return request(server.port, '/sparse.bin', { headers: [`Range: bytes=${range}`] })
}

test.each(PLACES)('the bytes from %i on are right', async (place) => {
  const { status, headers, body } = await ask(`${place}-${place + 999}`)
  expect(status).toBe(206)
  expect(headers['content-range']).toBe(`bytes ${place}-${place + 999}/${SIZE}`)
  expect(body.equals(MARK)).toBe(true)
})

test('a suffix of a file of 6 GiB is its end', async () => {
  const { headers, body } = await ask('-100')
  expect(headers['content-range']).toBe(`bytes ${SIZE - 100}-${SIZE - 1}/${SIZE}`)
  expect(body.equals(Buffer.alloc(100))).toBe(true)
})

test('several ranges apart by gigabytes are right', async () => {
  const { status, body } = await ask(PLACES.map((place) => `${place}-${place + 999}`).join(','))
  expect(status).toBe(206)
  let from = 0
  for (const place of PLACES) {
    const head = `Content-Range: bytes ${place}-${place + 999}/${SIZE}\r\n\r\n`
    const start = body.indexOf(head, from) + head.length
    expect(body.subarray(start, start + 1000).equals(MARK)).toBe(true)
    from = start + 1000
  }
})

test('a part past 4 GiB is sent as the whole', async () => {
  const { status, body } = await request(server.port, '/part')
  expect(status).toBe(200)
  expect(body.equals(MARK)).toBe(true)
})

test('the length is exact, and a range beyond it is not satisfiable', async () => {
  const head = await request(server.port, '/sparse.bin', { method: 'HEAD' })
  expect(head.headers['content-length']).toBe('6442450944')
  expect((await ask(`${SIZE}-`)).headers['content-range']).toBe('bytes */6442450944')
})
