import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { streamFiles } from '../../lib/index.js'
import { setClockAhead } from '../support/clock.js'
import { failCalls } from '../support/failing-calls.js'
import { age, directoryOf, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { type TestServer, withServer } from '../support/server.js'

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

const text = async ({ port }: TestServer, target: string) => {
  const { status, body } = await request(port, target)
  return status === 200 ? body.toString() : status
}

const failures = [
  ['EIO', 500],
  ['EMFILE', 503],
] as const

describe.each([{}, { cache: false as const }])('with the options %j', (options) => {
  test.each(failures)(
    'a file that fails with %s is a %i, and no file of a later root',
    async (code, status) => {
      const [first, second] = [directoryOf({}), directoryOf({ 'a.txt': 'second' })]
      await withServer(streamFiles([first, second], options), async (server) => {
        expect(await text(server, '/a.txt')).toBe('second')
        const path = join(first, 'a.txt')
        writeFileSync(path, 'first')
        age(path)
        failCalls(['open', 'lstat', 'stat'], code, (failing) => failing === path)
        expect(await text(server, '/a.txt')).toBe(status)
        jest.restoreAllMocks()
        expect(await text(server, '/a.txt')).toBe('first')
        unlinkSync(path)
        expect(await text(server, '/a.txt')).toBe('second')
      })
    },
  )

  test.each(failures)(
    'a root that cannot be resolved because of %s is a %i, whether there is a file or not',
    async (code, status) => {
      const root = directoryOf({ 'a.txt': 'text', 'b.txt': 'text' })
      await withServer(streamFiles(root, options), async (server) => {
        expect(await text(server, '/a.txt')).toBe('text')
        await expectSilence(async () => {
          failCalls(['realpath'], code, (path) => path === root)
          expect(await text(server, '/b.txt')).toBe(status)
          expect(await text(server, '/missing.txt')).toBe(status)
        })
        jest.restoreAllMocks()
        expect(await text(server, '/b.txt')).toBe('text')
        expect(await text(server, '/missing.txt')).toBe(404)
      })
    },
  )
})

test('a root that does not exist is a 404', async () => {
  await withServer(streamFiles(join(directoryOf({}), 'none')), async (server) => {
    expect(await text(server, '/a.txt')).toBe(404)
  })
})

test('a compressed sibling that failed once is sent when it can be opened', async () => {
  const root = directoryOf({ 'a.js': 'plain', 'a.js.br': 'encoded' })
  await withServer(streamFiles(root, { precompressed: true }), async ({ port }) => {
    const coding = async () => {
      const { headers } = await request(port, '/a.js', { headers: ['Accept-Encoding: br'] })
      return headers['content-encoding']
    }
    failCalls(['open', 'lstat'], 'EIO', (path) => path.endsWith('.br'))
    expect(await coding()).toBeUndefined()
    jest.restoreAllMocks()
    expect(await coding()).toBe('br')
  })
})
