import fs, { renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { RealRoot } from '../../../lib/source/disk/real-root.js'
import { failCalls } from '../../support/failing-calls.js'
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
  const realpath =
    process.platform === 'linux' ? jest.spyOn(fs.realpath, 'native') : jest.spyOn(fs, 'realpath')
  await Promise.all([root.resolve(), root.resolve(), root.resolve()])
  expect(realpath).toHaveBeenCalledTimes(1)
  await root.resolve()
  expect(realpath).toHaveBeenCalledTimes(2)
})

test('a root that cannot be resolved is an error, and its last path is still known', async () => {
  const directory = directoryOf({})
  const root = new RealRoot(directory)
  await root.resolve()
  failCalls(['realpath'], 'EIO')
  await expect(root.resolve()).rejects.toMatchObject({ code: 'EIO' })
  expect(root.latest).toBe(directory)
})
