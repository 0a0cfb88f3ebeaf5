import { type EncodingRow, rows } from '../../bench/encodings/rows.js'
import { buildEncodedSite, contentOf, type EncodedSite } from '../../bench/encodings/site.js'
import { streamFiles } from '../../lib/stream-files.js'
import { setClockAhead } from '../support/clock.js'
import { express } from '../support/express.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

let site: EncodedSite
let servers: Readonly<Record<string, TestServer>>

beforeAll(async () => {
  site = buildEncodedSite()
  servers = {
    cached: await serve(express().use(streamFiles(site.root, { precompressed: true }))),
    uncached: await serve(
      express().use(streamFiles(site.root, { precompressed: true, cache: false })),
    ),
  }
})
beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close()
  site.remove()
})

test('the rows are at least sixty, and no two are the same', () => {
  const names = rows.map(({ file, acceptEncoding }) => `${file} ${acceptEncoding}`)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(60)
})

describe.each(['cached', 'uncached'])('%s files', (kind) => {
  test.each(rows)('$group: $file with $acceptEncoding is $expected', async (row: EncodingRow) => {
    const { file, acceptEncoding, expected } = row
    const port = servers[kind]?.port ?? 0
    const headers = acceptEncoding === undefined ? [] : [`Accept-Encoding: ${acceptEncoding}`]
    // The second response comes from the cache.
    for (const target of [`/${file}`, `/${file}`]) {
      const response = await request(port, target, { headers })
      expect(response.status).toBe(200)
      expect(response.body.toString()).toBe(contentOf(file, expected))
      expect(response.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        vary: 'Accept-Encoding',
      })
      expect(response.headers['content-encoding'] ?? 'identity').toBe(expected)
    }
  })
})
