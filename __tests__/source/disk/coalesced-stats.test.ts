import fs, { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CoalescedStats } from '../../../lib/source/disk/coalesced-stats.js'
import { eventually } from '../../support/eventually.js'
import { failCalls } from '../../support/failing-calls.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

test.each([
  ['stat', 'stat'],
  ['lstat', 'lstat'],
] as const)('%s: concurrent requests share one %s', async (ask, call) => {
  const path = join(directoryOf({ 'a.txt': 'one' }), 'a.txt')
  const spy = jest.spyOn(fs, call)
  const stats = new CoalescedStats()
  const [first, second] = await Promise.all([stats[ask](path), stats[ask](path)])
  expect(first).toMatchObject({ size: 3n })
  expect(second).toBe(first)
  expect(spy).toHaveBeenCalledTimes(1)
})

test.each(['stat', 'lstat'] as const)('%s: a later request gets the present state', async (ask) => {
  const path = join(directoryOf({ 'a.txt': 'one' }), 'a.txt')
  const stats = new CoalescedStats()
  expect(await stats[ask](path)).toMatchObject({ size: 3n })
  writeFileSync(path, 'longer')
  expect(await stats[ask](path)).toMatchObject({ size: 6n })
  rmSync(path)
  expect(await stats[ask](path)).toBe('missing')
})

test.each(['stat', 'lstat'] as const)(
  '%s: a failure that does not say that nothing is there is told apart',
  async (ask) => {
    const root = directoryOf({ 'a.txt': 'one' })
    const stats = new CoalescedStats()
    expect(await stats[ask](join(root, 'a.txt', 'below'))).toBe('missing')
    expect(await stats[ask](join(root, 'x'.repeat(300)))).toBe('missing')
    for (const code of ['EIO', 'EACCES', 'ENOMEM']) {
      failCalls([ask], code)
      expect(await stats[ask](join(root, 'a.txt'))).toBe('failed')
      jest.restoreAllMocks()
    }
  },
)

test.each([
  ['stat', 'stat'],
  ['lstat', 'lstat'],
] as const)('%s: a request does not share a %s that has started', async (ask, call) => {
  const path = join(directoryOf({ 'a.txt': 'one' }), 'a.txt')
  const spy = jest.spyOn(fs, call).mockImplementation(() => {})
  const stats = new CoalescedStats()
  void stats[ask](path)
  await eventually(() => spy.mock.calls.length === 1)
  void stats[ask](path)
  await eventually(() => spy.mock.calls.length === 2)
})

test('stat follows a symlink, and lstat does not', async () => {
  const directory = directoryOf({ 'a.txt': 'one' })
  symlinkSync('a.txt', join(directory, 'link'))
  const stats = new CoalescedStats()
  const path = join(directory, 'link')
  const [through, itself] = await Promise.all([stats.stat(path), stats.lstat(path)])
  if (typeof through !== 'object' || typeof itself !== 'object') throw new Error('A stat failed')
  expect([through.isFile(), itself.isSymbolicLink()]).toEqual([true, true])
})
