import fs, { renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { RealRoot } from '../../../lib/source/disk/real-root.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

test('a root that is a symlink is resolved, and its last result is known', async () => {
  const directory = directoryOf({ 'a/x.txt': '', 'b/x.txt': '' })
  const link = join(directory, 'current')
  symlinkSync('a', link)
  const root = new RealRoot(link)
  expect(root.latest).toBeUndefined()
  expect(await root.resolve()).toBe(join(directory, 'a'))
  symlinkSync('b', join(directory, 'next'))
  renameSync(join(directory, 'next'), link)
  expect(root.latest).toBe(join(directory, 'a'))
  expect(await root.resolve()).toBe(join(directory, 'b'))
  expect(root.latest).toBe(join(directory, 'b'))
})

test('a root that does not exist has no path', async () => {
  expect(await new RealRoot(join(directoryOf({}), 'missing')).resolve()).toBeUndefined()
})

test('calls of one turn share a system call, and a later call has one of its own', async () => {
  const root = new RealRoot(directoryOf({}))
  const native = jest.spyOn(fs.realpath, 'native')
  const plain = jest.spyOn(fs, 'realpath')
  const calls = () => native.mock.calls.length + plain.mock.calls.length
  await Promise.all([root.resolve(), root.resolve(), root.resolve()])
  const first = calls()
  await root.resolve()
  expect(calls() - first).toBe(first)
})
