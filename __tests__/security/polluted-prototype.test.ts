import { streamFiles, streamResponse } from '../../lib/index.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { exchangeRaw } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const root = directoryOf({ 'a.txt': 'text' })

const REQUEST = 'GET /a.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

afterAll(removeDirectories)

/** Runs `use` while every object inherits a property. */
async function polluted<T>(name: string, value: unknown, use: () => Promise<T>): Promise<T> {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })
  try {
    return await use()
  } finally {
    Reflect.deleteProperty(Object.prototype, name)
  }
}

const servers = {
  streamFiles: streamFiles(root),
  'streamFiles without a cache': streamFiles(root, { cache: false }),
  streamResponse: (_req: unknown, res: Parameters<typeof streamResponse>[0]) =>
    void streamResponse(res, `${root}/a.txt`),
}

describe.each(Object.entries(servers))('%s', (_name, serve) => {
  test.each<[name: string, value: unknown]>([
    ['headers', [['X-Evil', 'evil']]],
    ['status', 418],
    ['type', 'text/evil'],
    ['etag', '"evil"'],
    ['negotiated', { coding: 'gzip', original: {} }],
    ['ownTypeOf', () => 'text/evil'],
    ['cacheControlOf', () => 'evil'],
    ['window', { start: 1 }],
    ['makeBody', () => ({})],
    ['nosniff', true],
    ['bytes', Buffer.from('evil')],
  ])('sends the same if Object.prototype has the property %j', async (name, value) => {
    await withServer(serve, async ({ port }) => {
      const ask = async () => {
        const bytes = await exchangeRaw(port, REQUEST)
        return bytes.toString().replace(/^Date: .*$/m, '')
      }
      // The file may be in the cache from now on.
      await ask()
      const expected = await ask()
      expect(await polluted(name, value, ask)).toEqual(expected)
    })
  })
})
