import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { builtPackage } from '../support/built-package.js'
import { eventually } from '../support/eventually.js'
import { request } from '../support/raw-http.js'

const CONTENT = Buffer.alloc(1_000_000, 'twenty letters of it')
const FILE = 'dir/some%20file.txt'

let child: ChildProcess
let port = 0

// The examples use the package as everybody does, and so the built one.
beforeAll(async () => {
  builtPackage()
  const script = join(__dirname, '../support/serve-recipes.mjs')
  child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout?.on('data', (text) => {
    port = Number(text)
  })
  await eventually(() => port > 0)
})

afterAll(() => child.kill())

describe.each([
  ['azure', '"azure"'],
  ['gridfs', '"65e07eb0"'],
  ['postgres', '"b2078499"'],
])('the source of %s', (recipe, etag) => {
  const get = (name: string, ...headers: string[]) =>
    request(port, `/${recipe}/${name}`, { headers })

  test('sends a file with its validators and the type of its name', async () => {
    const { status, headers, body } = await get(FILE)
    expect([status, body.equals(CONTENT)]).toEqual([200, true])
    expect(headers).toMatchObject({
      etag,
      'content-type': 'text/plain; charset=utf-8',
      'last-modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
      'cache-control': recipe === 'azure' ? 'private' : 'public, max-age=0',
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
