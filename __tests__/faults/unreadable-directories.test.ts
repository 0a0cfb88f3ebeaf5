import { chmodSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type ChildServer, startChildServer } from '../support/child-server.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe

describeOnPosix('a directory that may be searched and not listed (on POSIX only)', () => {
  const base = directoryOf({
    'www/private/index.html': 'the index',
    'www/private/page.html': 'the page',
    'www/private/inner/index.html': 'the inner index',
    'www/closed/index.html': 'closed',
    'www/secret.txt': 'not for all',
    'outside/index.html': 'outside',
  })
  const root = join(base, 'www')
  let server: ChildServer

  beforeAll(async () => {
    symlinkSync('private', join(root, 'inside'))
    symlinkSync('../outside', join(root, 'out'))
    chmodSync(base, 0o755)
    // No permission to read for the owner either, whom 0711 would let read.
    for (const directory of ['www/private', 'outside']) chmodSync(join(base, directory), 0o311)
    chmodSync(join(root, 'closed'), 0)
    chmodSync(join(root, 'secret.txt'), 0)
    server = await startChildServer(root, { unprivileged: true })
  })

  afterAll(async () => {
    await server.close()
    for (const directory of readdirSync(base)) chmodSync(join(base, directory), 0o755)
    for (const directory of ['private', 'closed']) chmodSync(join(root, directory), 0o755)
    removeDirectories()
  })

  const responses: [string, number, string?][] = [
    ['/private', 301, '/private/'],
    ['/private?a=b', 301, '/private/?a=b'],
    ['/private/', 200, 'the index'],
    ['/private/page.html', 200, 'the page'],
    ['/private/inner', 301, '/private/inner/'],
    ['/private/missing', 404],
    // As in `express.static`: only opening its index fails.
    ['/closed', 301, '/closed/'],
    ['/closed/', 404],
    ['/secret.txt', 404],
    // A link is judged as one to a directory that can be read.
    ['/inside', 301, '/inside/'],
    ['/deny/inside', 404],
    ['/deny/private', 301, '/deny/private/'],
    ['/out', 404],
    ['/deny/out', 404],
    ['/follow/out', 301, '/follow/out/'],
  ]

  test.each(responses)('%s is %i', async (target, status, says = '') => {
    const response = await request(server.port, target)
    expect(response.status).toBe(status)
    const said = status === 301 ? response.headers.location : response.body.toString()
    if (status < 400) expect(said).toBe(says)
    else expect(said).not.toContain('not for all')
  })
})
