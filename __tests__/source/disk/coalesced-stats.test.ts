import fs, { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CoalescedStats } from '../../../lib/source/disk/coalesced-stats.js'
import { eventually } from '../../support/eventually.js'
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
  expect(first?.size).toBe(3n)
  expect(second).toBe(first)
  expect(spy).toHaveBeenCalledTimes(1)
})

test.each(['stat', 'lstat'] as const)('%s: a later request gets the present state', async (ask) => {
  const path = join(directoryOf({ 'a.txt': 'one' }), 'a.txt')
  const stats = new CoalescedStats()
  expect((await stats[ask](path))?.size).toBe(3n)
  writeFileSync(path, 'longer')
  expect((await stats[ask](path))?.size).toBe(6n)
  rmSync(path)
  expect(await stats[ask](path)).toBeUndefined()
})

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
  expect([through?.isFile(), itself?.isSymbolicLink()]).toEqual([true, true])
})
