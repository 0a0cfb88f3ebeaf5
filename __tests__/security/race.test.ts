import { join } from 'node:path'
import { streamFiles } from '../../lib/index.js'
import { DiskSource, type SymlinkPolicy } from '../../lib/source/disk/disk-source.js'
import { pathOfSameFile } from '../../lib/source/disk/opened-path.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { exchangeRaw, parseResponses } from '../support/raw-http.js'
import { withServer } from '../support/server.js'
import { startSwapping } from '../support/swapper.js'

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip

const CONNECTIONS = 8
const BATCH = 50

const base = directoryOf({
  'www/file.txt': 'public',
  'www/directory/file.txt': 'public',
  'outside/file.txt': 'secret, and longer',
})
const root = join(base, 'www')
afterAll(removeDirectories)

const races = {
  file: { place: join(root, 'file.txt'), target: join(base, 'outside/file.txt'), url: '/file.txt' },
  directory: {
    place: join(root, 'directory'),
    target: join(base, 'outside'),
    url: '/directory/file.txt',
  },
}

/** Requests a path while it is swapped, over several connections, and counts the responses. */
async function race(
  kind: 'file' | 'directory',
  symlinks: SymlinkPolicy,
  requests: number,
  enough: (responses: ReadonlyMap<string, number>) => boolean = () => false,
): Promise<{ responses: ReadonlyMap<string, number>; rounds: number }> {
  const { place, target, url } = races[kind]
  const responses = new Map<string, number>()
  const swapper = startSwapping(kind, place, target, 'public')
  await eventually(() => swapper.rounds() > 0)
  await withServer(streamFiles(root, { symlinks }), async ({ port }) => {
    let left = requests / BATCH
    const client = async () => {
      while (left-- > 0 && !enough(responses)) {
        for (const response of await responsesTo(port, url)) {
          responses.set(response, (responses.get(response) ?? 0) + 1)
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, client))
  })
  const rounds = swapper.rounds()
  await swapper.stop()
  await eventually(() => openFilesBelow(base).length === 0)
  return { responses, rounds }
}

/** Pipelines requests over one connection. */
async function responsesTo(port: number, url: string): Promise<string[]> {
  const request = `GET ${url} HTTP/1.1\r\nHost: localhost\r\n`
  const requests = [...Array(BATCH - 1).fill(request), `${request}Connection: close\r\n`]
  const received = await exchangeRaw(port, `${requests.join('\r\n')}\r\n`)
  const responses = parseResponses(received)
  expect(responses).toHaveLength(BATCH)
  return responses.map(({ status, body }) => `${status} ${body}`)
}

describeOnLinux.each(['file', 'directory'] as const)(
  'a %s that is swapped for a link out of the root, as fast as can be (exact on Linux only)',
  (kind) => {
    test.each<[number, SymlinkPolicy]>([
      kind === 'file' ? [10_000, 'inside'] : [3000, 'inside'],
      [1000, 'deny'],
    ])('is requested %i times without a secret byte (%j)', async (requests, symlinks) => {
      const { responses, rounds } = await race(kind, symlinks, requests)
      const harmless = ['200 public', '404 ']
      expect([...responses.keys()].filter((response) => !harmless.includes(response))).toEqual([])
      expect(rounds).toBeGreaterThan(1)
    })

    test('shows the secret where links are followed: the race is a real one', async () => {
      const seen = (responses: ReadonlyMap<string, number>) =>
        responses.has('200 secret, and longer')
      // Requests share their openings, so how many it takes depends on how busy the machine is.
      const { responses } = await race(kind, 'follow', 1_000_000, seen)
      expect(seen(responses)).toBe(true)
    })
  },
)

describeOnPosix('without links from descriptors to their paths (on POSIX only)', () => {
  test('a file that is swapped for a link is opened 1,000 times, never the secret', async () => {
    const { place, target } = races.file
    const disk = new DiskSource(root, 'inside', (_descriptor, path, stats) =>
      pathOfSameFile(path, stats),
    )
    const swapper = startSwapping('file', place, target, 'public')
    await eventually(() => swapper.rounds() > 0)
    const seen = new Set<number | string | undefined>()
    for (let count = 0; count < 1000 || (!seen.has('missing') && count < 1_000_000); count++) {
      const found = await disk.open('file.txt')
      seen.add(found.kind === 'file' ? found.file.size : found.kind)
      if (found.kind === 'file') found.file.close()
    }
    await swapper.stop()
    // As long as the text that stands there; the secret is longer.
    expect([...seen].filter((what) => what !== 6 && what !== 'missing')).toEqual([])
    expect(seen).toContain('missing')
  })
})
