import { randomBytes } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { streamFiles } from '../../lib/index.js'
import type { SymlinkPolicy } from '../../lib/source/disk/disk-source.js'
import { setClockAhead } from '../support/clock.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { exchangeRaw, parseResponses } from '../support/raw-http.js'
import { withServer } from '../support/server.js'
import { startSwapping } from '../support/swapper.js'

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe

const CONNECTIONS = 8
const BATCH = 10

// Of the same size, so that the two versions differ only in their bytes.
const SMALL = 1000
const LARGE = 400_000
const [small1, small2, large1, large2] = [SMALL, SMALL, LARGE, LARGE].map((size) =>
  randomBytes(size),
)
const secret = 'secret'.repeat(SMALL)

const base = directoryOf({
  'r1/small.bin': small1 ?? '',
  'r1/deep/down/small.bin': small1 ?? '',
  'r1/large.bin': large1 ?? '',
  'r1/secret.txt': 'public',
  'r1/open/secret.txt': 'public',
  'r2/small.bin': small2 ?? '',
  'r2/deep/down/small.bin': small2 ?? '',
  'r2/large.bin': large2 ?? '',
  'outside/secret.txt': secret,
})
const current = join(base, 'current')
symlinkSync('r1', current)
for (const release of ['r1', 'r2']) symlinkSync('large.bin', join(base, release, 'link.bin'))
for (const release of ['r1', 'r2']) symlinkSync('deep', join(base, release, 'linked'))
symlinkSync('../outside/secret.txt', join(base, 'r2/secret.txt'))
symlinkSync('../outside', join(base, 'r2/open'))

const versions: Readonly<Record<string, readonly (Buffer | undefined)[]>> = {
  '/small.bin': [small1, small2],
  '/deep/down/small.bin': [small1, small2],
  '/large.bin': [large1, large2],
  '/link.bin': [large1, large2],
  '/linked/down/small.bin': [small1, small2],
}

beforeEach(() => {
  // A file that was just created is not cached.
  setClockAhead()
})
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** Requests a target while the root is pointed to and fro, and counts what came. */
async function whileRepointed(
  target: string,
  symlinks: SymlinkPolicy,
  requests: number,
  nameOf: (status: number, body: Buffer) => string,
): Promise<{ seen: Record<string, number>; rounds: number }> {
  const seen: Record<string, number> = {}
  let rounds = 0
  await withServer(streamFiles(current, { symlinks }), async ({ port }) => {
    const swapper = startSwapping('link', current, 'r2', 'r1')
    await eventually(() => swapper.rounds() > 0)
    let left = requests / BATCH
    const client = async () => {
      while (left-- > 0) {
        for (const { status, body, complete } of await responsesTo(port, target)) {
          const name = complete ? nameOf(status, body) : 'incomplete'
          seen[name] = (seen[name] ?? 0) + 1
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, client))
    rounds = swapper.rounds()
    await swapper.stop()
  })
  await eventually(() => openFilesBelow(base).length === 0)
  return { seen, rounds }
}

/** Pipelines requests over one connection. */
async function responsesTo(port: number, target: string) {
  const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n`
  const requests = [...Array(BATCH - 1).fill(request), `${request}Connection: close\r\n`]
  return parseResponses(await exchangeRaw(port, `${requests.join('\r\n')}\r\n`))
}

describeOnPosix('a root link that is pointed elsewhere without pause (on POSIX only)', () => {
  test.each<[string, number, SymlinkPolicy]>([
    ['/small.bin', 2000, 'inside'],
    ['/small.bin', 2000, 'deny'],
    ['/small.bin', 2000, 'follow'],
    ['/deep/down/small.bin', 2000, 'inside'],
    ['/large.bin', 600, 'inside'],
    ['/large.bin', 400, 'deny'],
    ['/link.bin', 600, 'inside'],
    ['/linked/down/small.bin', 2000, 'inside'],
  ])(
    '%s is found in each of %i responses, in one version (%j)',
    async (target, requests, symlinks) => {
      const known = versions[target] ?? []
      const { seen, rounds } = await whileRepointed(target, symlinks, requests, (status, body) => {
        const version = known.findIndex((content) => content?.equals(body))
        return status === 200 && version !== -1 ? `version ${version + 1}` : `${status}`
      })
      expect(Object.keys(seen).filter((name) => !/^version [12]$/.test(name))).toEqual([])
      expect((seen['version 1'] ?? 0) + (seen['version 2'] ?? 0)).toBe(requests)
      expect(rounds).toBeGreaterThan(1)
    },
    60_000,
  )

  test.each<[string, SymlinkPolicy]>([
    ['/secret.txt', 'inside'],
    ['/secret.txt', 'deny'],
    ['/open/secret.txt', 'inside'],
    ['/open/secret.txt', 'deny'],
  ])(
    '%s, which leads out of one release, never shows what is outside (%j)',
    async (target, symlinks) => {
      const { seen, rounds } = await whileRepointed(target, symlinks, 1000, (status, body) =>
        status === 200 ? body.toString('latin1').slice(0, 20) : String(status),
      )
      expect(Object.keys(seen).filter((name) => name !== 'public' && name !== '404')).toEqual([])
      expect(rounds).toBeGreaterThan(1)
    },
    60_000,
  )
})
