import { join } from 'node:path'
import { probe } from '../../bench/security/probe.js'
import { buildSite, guardedApp, SECRET, type Site } from '../../bench/security/site.js'
import { describeVector, vectors } from '../../bench/security/vectors.js'
import { type StreamFilesOptions, streamFiles } from '../../lib/index.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { serve, type TestServer } from '../support/server.js'

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe
const project = join(__dirname, '../..')

let site: Site
beforeAll(async () => {
  site = await buildSite()
})
afterAll(() => site.remove())

const options: StreamFilesOptions = { extensions: 'html' }
const named = vectors.map(
  (vector) => [`${vector.group}: ${describeVector(vector)}`, vector] as const,
)

function guarded(more: StreamFilesOptions): () => ReturnType<typeof guardedApp> {
  return () => guardedApp(express, site, (root) => streamFiles(root, { ...options, ...more }))
}

describeOnPosix.each([
  ['before other middleware', guarded({}), false],
  ['with fallthrough: false', guarded({ fallthrough: false }), true],
])('behind access-control middleware, %s (needs FIFOs)', (_case, app, strict) => {
  let server: TestServer
  beforeAll(async () => {
    server = await serve(app())
  })
  afterAll(() => server.close())

  test.each(named)('%s', async (_name, vector) => {
    const { status, faults } = await probe(server.port, vector, [site.base, project])
    expect(faults).toEqual([])
    if (strict) expect(vector.statuses).toContain(status)
    await eventually(() => openFilesBelow(site.base).length === 0)
  })
})

describeOnPosix('on a server without Express (needs FIFOs)', () => {
  test('no vector does harm either', async () => {
    const server = await serve(streamFiles(site.root, options))
    const harmed: string[] = []
    for (const [name, vector] of named) {
      const { faults } = await probe(server.port, vector, [site.base, project])
      // There is no access-control middleware here.
      const harm = faults.filter((fault) => fault !== 'access control bypassed')
      if (harm.length > 0) harmed.push(`${name}: ${harm.join(', ')}`)
    }
    await server.close()
    expect(harmed).toEqual([])
    await eventually(() => openFilesBelow(site.base).length === 0)
  })
})

describeOnPosix('the suite', () => {
  test('has at least 120 requests and none twice', () => {
    expect(named.length).toBeGreaterThanOrEqual(120)
    expect(new Set(vectors.map((vector) => JSON.stringify(vector))).size).toBe(named.length)
  })

  test('sees a server that gives everything away', async () => {
    const server = await serve((_req, res) => res.end(`${SECRET} in ${site.base}`))
    const [, first] = named[0] ?? []
    if (first === undefined) throw new Error('No vectors')
    const { faults } = await probe(server.port, first, [site.base])
    await server.close()
    expect(faults).toEqual(['secret shown', 'machine path shown', 'next response wrong'])
  })
})
