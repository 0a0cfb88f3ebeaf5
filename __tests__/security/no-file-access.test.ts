import { vectors } from '../../bench/security/vectors.js'
import { type StreamFilesOptions, streamFiles, streamResponse } from '../../lib/index.js'
import { fileSystemCalls } from '../support/file-system-calls.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const root = directoryOf({
  'public.txt': 'public',
  '.env': 'secret',
  '.well-known/security.txt': 'public',
  'docs/index.html': 'public',
})
afterAll(removeDirectories)

/** Names that exist only in another spelling, and dotfiles. */
const OTHER_SPELLINGS = [
  '//',
  '//public.txt',
  '/./public.txt',
  '/%2Fpublic.txt',
  '/public%2Etxt',
  '/%70ublic.txt',
  '/docs%2Findex.html',
  '/docs%5Cindex.html',
  '/docs\\index.html',
  '/docs//index.html',
  '/docs/.',
  '/caf%c3%a9%2Fx',
  '/.caf%c3%a9',
  '/.env',
  '/.git/config',
  '/docs/.hidden/',
  '/.well-known/.private',
]
const BAD = vectors
  .filter(
    ({ method, statuses: [status] }) => method === 'GET' && (status === 400 || status === 403),
  )
  // Those are refused by access-control middleware, which is not here.
  .filter(({ group }) => group !== 'access control bypass')
  .map(({ target }) => target)

const names = [...OTHER_SPELLINGS, ...BAD].map((target) => [shorten(target), target] as const)
const files = { bare: {}, strict: { fallthrough: false }, extended: { extensions: 'txt' } }

describe.each(Object.entries<StreamFilesOptions>(files))(
  'a refused name (%s)',
  (_name, options) => {
    let server: TestServer
    beforeAll(async () => {
      server = await serve(streamFiles(root, options))
      // The first responses of a kind load modules, which are files too.
      await request(server.port, '/public.txt')
      await request(server.port, '/..')
    })
    afterAll(() => server.close())

    test.each(names)('makes no file-system call: %j', async (_shortened, target) => {
      const { result, calls } = await fileSystemCalls(() => request(server.port, target))
      expect(result.status).toBeGreaterThanOrEqual(400)
      expect(calls).toEqual([])
    })

    test('where a canonical one is', async () => {
      // Not requested before: a cached file would be opened only once.
      const { calls } = await fileSystemCalls(() => request(server.port, '/docs/index.html'))
      expect(calls).toContain('open')
    })
  },
)

test('hex digits in lower case make no file-system call with redirect: false', async () => {
  const server = await serve(streamFiles(root, { redirect: false }))
  await request(server.port, '/public.txt')
  const { result, calls } = await fileSystemCalls(() => request(server.port, '/caf%c3%a9'))
  await server.close()
  expect(result.status).toBe(404)
  expect(calls).toEqual([])
})

describe('a path from a client, confined by root', () => {
  const paths = ['../public.txt', 'docs/../../x', '/..', '.env', 'docs/.hidden/x', 'public.txt\0']

  test.each(paths)('makes no file-system call if it is refused: %j', async (path) => {
    const server = await serve((_req, res) => void streamResponse(res, path, { root }))
    await request(server.port, '/')
    const { result, calls } = await fileSystemCalls(() => request(server.port, '/'))
    await server.close()
    expect(result.status).toBeGreaterThanOrEqual(400)
    expect(calls).toEqual([])
  })
})

function shorten(target: string): string {
  return target.length > 60 ? `${target.slice(0, 60)}…` : target
}
