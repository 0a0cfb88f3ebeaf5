import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { builtPackage } from '../support/built-package.js'
import { ask, disconnected, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { GoogleStorage } from '../support/google-storage.js'
import { parseResponses, request } from '../support/raw-http.js'

const CONTENT = Buffer.alloc(3_000_000, 'twenty letters of it')
const FILE = 'dir/some%20file.txt'

const google = new GoogleStorage('dir/some file.txt', CONTENT, {
  timeCreated: '2024-02-29T12:34:56.789Z',
  contentType: 'application/octet-stream',
  cacheControl: 'private',
})
let child: ChildProcess
let port = 0

// The examples use the package as everybody does, and so the built one.
beforeAll(async () => {
  builtPackage()
  const script = join(__dirname, '../support/serve-recipes.mjs')
  const env = { ...process.env, GOOGLE_STORAGE: await google.listen() }
  child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], env })
  child.stdout?.on('data', (text) => {
    port = Number(text)
  })
  await eventually(() => port > 0)
})

afterAll(() => {
  child.kill()
  google.close()
})

describe.each([
  ['azure', '"azure"', 'private'],
  ['google', '"17092100968"', 'private'],
  ['gridfs', '"65e07eb0"', 'public, max-age=0'],
  ['postgres', '"b2078499"', 'public, max-age=0'],
])('the source of %s', (recipe, etag, policy) => {
  const get = (name: string, ...headers: string[]) =>
    request(port, `/${recipe}/${name}`, { headers })

  test('sends a file with its validators and the type of its name', async () => {
    const { status, headers, body } = await get(FILE)
    expect([status, body.equals(CONTENT)]).toEqual([200, true])
    expect(headers).toMatchObject({
      etag,
      'content-type': 'text/plain; charset=utf-8',
      'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
      'cache-control': policy,
    })
  })

  test('sends ranges and evaluates preconditions', async () => {
    const range = await get(FILE, 'Range: bytes=262143-600000')
    expect([range.status, range.body.equals(CONTENT.subarray(262_143, 600_001))]).toEqual([
      206,
      true,
    ])
    expect((await get(FILE, 'Range: bytes=0-5,7-13')).body.toString()).toContain('letters')
    expect((await get(FILE, `If-None-Match: ${etag}`)).status).toBe(304)
  })

  test('knows what is missing', async () => {
    expect((await get('none')).status).toBe(404)
  })
})

test('a blob that is replaced before its first byte is a 503 with Retry-After', async () => {
  const { status, headers } = await request(port, `/replaced/${FILE}`)
  expect([status, headers['retry-after']]).toEqual([503, '1'])
})

describe('the source of Google Cloud Storage', () => {
  const { generation } = google

  afterEach(() => {
    google.generation = generation
    google.finish()
    delete google.metadata.contentEncoding
  })

  test('an object that is replaced before its first byte is a 503 with Retry-After', async () => {
    google.generation = 'another'
    const { status, headers } = await request(port, `/google/${FILE}`)
    expect([status, headers['retry-after']]).toEqual([503, '1'])
  })

  test('an object that is replaced between two ranges aborts the response', async () => {
    google.sendAtMost = 100_000
    const socket = await ask(port, `/google/${FILE}`, ['Range: bytes=0-299999,400000-500000'])
    await eventually(() => google.downloads.size === 1)
    google.generation = 'another'
    google.finish()
    const [response] = parseResponses((await restOf(socket)).bytes)
    expect(response).toMatchObject({ status: 206, complete: false })
  })

  test('a client that disconnects ends its own download with the piece in flight, and no other', async () => {
    google.sendAtMost = 100_000
    const [leaving, staying] = await Promise.all([
      ask(port, `/google/${FILE}`),
      ask(port, `/google/${FILE}`, ['Connection: close']),
    ])
    await eventually(() => google.downloads.size === 2)
    google.ranges.length = 0
    await disconnected(leaving, 'RST')
    // The other client, and this request.
    await eventually(async () => String((await request(port, '/connections')).body) === '2')
    google.finish()
    const [response] = parseResponses((await restOf(staying)).bytes)
    expect([response?.complete, response?.body.equals(CONTENT)]).toEqual([true, true])
    expect(google.ranges).toEqual(['bytes=1048576-2097151', 'bytes=2097152-2999999'])
  })

  test('an object that is stored with gzip is sent with gzip', async () => {
    google.metadata.contentEncoding = 'gzip'
    const { headers, body } = await request(port, `/google/${FILE}`)
    expect(headers['content-encoding']).toBe('gzip')
    expect(body.equals(CONTENT)).toBe(true)
  })
})
