import { gunzipSync } from 'node:zlib'
import { streamFiles } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import {
  type Nginx,
  nginxCommand,
  startBufferingProxy,
  startCompressingProxy,
  startProxy,
} from '../support/nginx.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const command = nginxCommand ?? 'nginx'
const whereThereIsNginx = nginxCommand === undefined ? describe.skip : describe
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: no encoded file is sent through nginx, which is not installed\n')
}

const CONTENT = {
  identity: patternOf(30_000),
  br: patternOf(2000),
  gzip: patternOf(3000),
}

whereThereIsNginx('encoded files through nginx', () => {
  let files: TestServer
  let proxy: Nginx

  beforeAll(async () => {
    const root = directoryOf({
      'app.js': CONTENT.identity,
      'app.js.br': CONTENT.br,
      'app.js.gz': CONTENT.gzip,
      'plain.js': CONTENT.identity,
    })
    files = await serve(streamFiles(root, { precompressed: true }))
  })
  afterEach(() => proxy.close())
  afterAll(async () => {
    await files.close()
    removeDirectories()
  })

  /** The coding that a client with this `Accept-Encoding` gets, and the whole response. */
  async function get(accepted: string | undefined, target = '/app.js', more: string[] = []) {
    const own = accepted === undefined ? [] : [`Accept-Encoding: ${accepted}`]
    const response = await request(proxy.port, target, { headers: [...own, ...more] })
    return { ...response, coding: response.headers['content-encoding'] ?? 'identity' }
  }

  test.each([undefined, '1.1'] as const)(
    'arrive as they are, with the defaults of nginx and HTTP/%s',
    async (protocol) => {
      proxy = await startBufferingProxy(command, files.port, protocol)
      const encoded = await get('gzip, br')
      expect(encoded).toMatchObject({ coding: 'br', body: CONTENT.br, complete: true })
      const { etag } = encoded.headers
      expect((await get('gzip, br', '/app.js', [`If-None-Match: ${etag}`])).status).toBe(304)
      const range = await get('br', '/app.js', ['Range: bytes=5-9', `If-Range: ${etag}`])
      expect(range).toMatchObject({ status: 206, body: CONTENT.br.subarray(5, 10) })
      expect(await get(undefined)).toMatchObject({ coding: 'identity', body: CONTENT.identity })
    },
  )

  test('are not compressed again, and keep their entity tag, with gzip on', async () => {
    proxy = await startCompressingProxy(command, files.port)
    for (const coding of ['br', 'gzip'] as const) {
      const encoded = await get(coding)
      expect(encoded).toMatchObject({ coding, body: CONTENT[coding] })
      expect(encoded.headers.etag).toMatch(new RegExp(`^".*-${coding}"$`))
    }
    const compressed = await get('gzip', '/plain.js')
    expect(gunzipSync(compressed.body)).toEqual(CONTENT.identity)
  })

  test('are cached for each coding, by Vary', async () => {
    proxy = await startProxy(command, files.port, '1.1')
    for (const status of ['MISS', 'HIT']) {
      for (const [accepted, coding] of [
        ['br', 'br'],
        ['gzip', 'gzip'],
        [undefined, 'identity'],
      ] as const) {
        const cached = await get(accepted)
        expect(cached).toMatchObject({ coding, body: CONTENT[coding] })
        expect(cached.headers['x-cache-status']).toBe(status)
      }
    }
  })
})
