import { execFileSync } from 'node:child_process'
import fs, { statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type AccessCheck, openRegularFile } from '../../../lib/source/disk/open-regular-file.js'
import { openFilesBelow } from '../../support/descriptors.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

const root = directoryOf({ 'a.txt': 'text', 'b.txt': 'other', 'directory/c.txt': '', empty: '' })
const path = join(root, 'a.txt')
const posix = process.platform === 'win32' ? test.skip : test
const linux = process.platform === 'linux' ? test : test.skip
if (process.platform !== 'win32') {
  symlinkSync('a.txt', join(root, 'link.txt'))
  symlinkSync('directory', join(root, 'link'))
  execFileSync('mkfifo', [join(root, 'fifo')])
}

// Whatever is found, no descriptor is left open.
afterEach(async () => {
  jest.restoreAllMocks()
  await eventually(() => openFilesBelow(root).length === 0)
})
afterAll(removeDirectories)

const FOLLOW = { followSymlink: true }

/** Lets the next `open` of the file system fail, as on other systems and for other users. */
function failToOpen(code: string): void {
  jest.spyOn(fs, 'open').mockImplementationOnce((...given: unknown[]) => {
    const callback = given.at(-1)
    if (typeof callback === 'function') callback(Object.assign(new Error(code), { code }))
  })
}

/** What `allowedPath` is asked, and what it replies. */
function check(reply: string | undefined) {
  return jest.fn<ReturnType<AccessCheck>, Parameters<AccessCheck>>(async () => reply)
}

describe('a regular file', () => {
  test('is opened, with its size, and stays open until it is closed', async () => {
    const result = await openRegularFile(path, FOLLOW)
    expect(result).toMatchObject({ kind: 'file', file: { path, realPath: path, size: 4 } })
    if (process.platform === 'linux') expect(openFilesBelow(root)).toEqual([path])
    if (result.kind === 'file') result.file.close()
  })

  test('may be empty', async () => {
    const result = await openRegularFile(join(root, 'empty'), FOLLOW)
    expect(result).toMatchObject({ kind: 'file', file: { size: 0 } })
    if (result.kind === 'file') result.file.close()
  })

  linux('of /proc has no size', async () => {
    const result = await openRegularFile('/proc/self/status', FOLLOW)
    expect(result).toMatchObject({ kind: 'file', file: { size: undefined } })
    if (result.kind === 'file') result.file.close()
  })

  test('may be opened at another path than it is known by', async () => {
    const result = await openRegularFile(path, { ...FOLLOW, at: join(root, 'b.txt') })
    expect(result).toMatchObject({ kind: 'file', file: { path, size: 5 } })
    if (result.kind === 'file') result.file.close()
  })

  test('that is allowed has the path that it is allowed at', async () => {
    const allowedPath = check('/real/a.txt')
    const result = await openRegularFile(path, { ...FOLLOW, allowedPath })
    if (result.kind !== 'file') throw new Error('There is no file')
    expect(result.file).toMatchObject({ path, realPath: '/real/a.txt' })
    expect(allowedPath).toHaveBeenCalledTimes(1)
    const [descriptor, stats] = allowedPath.mock.calls[0] ?? []
    expect([descriptor, stats?.size]).toEqual([result.file.descriptor, 4n])
    result.file.close()
  })

  test.each<[what: string, allowedPath: AccessCheck, expected: object]>([
    ['is refused', check(undefined), { kind: 'missing' }],
    [
      'cannot be judged',
      async () => {
        throw new Error('judge')
      },
      { kind: 'missing', error: { message: 'judge' } },
    ],
  ])('that %s is missing', async (_what, allowedPath, expected) => {
    expect(await openRegularFile(path, { ...FOLLOW, allowedPath })).toMatchObject(expected)
  })

  test('whose fstat fails is missing, with the error', async () => {
    jest.spyOn(fs, 'fstat').mockImplementationOnce((...given: unknown[]) => {
      const callback = given.at(-1)
      if (typeof callback === 'function') callback(new Error('fstat'))
    })
    expect(await openRegularFile(path, FOLLOW)).toMatchObject({ error: { message: 'fstat' } })
  })
})

test('nothing is missing, with the error', async () => {
  const result = await openRegularFile(join(root, 'none'), FOLLOW)
  expect(result).toMatchObject({ kind: 'missing', error: { code: 'ENOENT' } })
})

describe('a directory', () => {
  const directory = join(root, 'directory')

  test('is a directory', async () => {
    expect(await openRegularFile(directory, FOLLOW)).toEqual({ kind: 'directory' })
  })

  test('that is refused is missing, so that it is not redirected to', async () => {
    const allowedPath = check(undefined)
    expect(await openRegularFile(directory, { ...FOLLOW, allowedPath })).toEqual({
      kind: 'missing',
    })
  })

  test('that the system does not open as a file is a directory', async () => {
    failToOpen('EISDIR')
    expect(await openRegularFile(directory, FOLLOW)).toEqual({ kind: 'directory' })
  })

  test('that may not be listed is judged without a descriptor', async () => {
    failToOpen('EACCES')
    const allowedPath = check(directory)
    expect(await openRegularFile(directory, { ...FOLLOW, allowedPath })).toEqual({
      kind: 'directory',
    })
    const [descriptor, stats] = allowedPath.mock.calls[0] ?? []
    expect([descriptor, stats?.ino]).toEqual([undefined, statSync(directory, { bigint: true }).ino])
  })

  test('that may not be listed is a directory where nothing is judged', async () => {
    failToOpen('EACCES')
    expect(await openRegularFile(directory, FOLLOW)).toEqual({ kind: 'directory' })
  })

  test('that may not be listed may be refused', async () => {
    failToOpen('EACCES')
    const result = await openRegularFile(directory, { ...FOLLOW, allowedPath: check(undefined) })
    expect(result).toEqual({ kind: 'missing' })
  })

  test('that may not be listed and cannot be judged is missing, with the error', async () => {
    failToOpen('EACCES')
    const allowedPath = async () => {
      throw new Error('judge')
    }
    const result = await openRegularFile(directory, { ...FOLLOW, allowedPath })
    expect(result).toMatchObject({ kind: 'missing', error: { message: 'judge' } })
  })

  test('that may not be listed is found where it is opened', async () => {
    failToOpen('EACCES')
    const result = await openRegularFile(join(root, 'none'), { ...FOLLOW, at: directory })
    expect(result).toEqual({ kind: 'directory' })
  })
})

test.each(['a.txt', 'none'])('%s that may not be read is missing, with the error', async (name) => {
  failToOpen('EACCES')
  const result = await openRegularFile(join(root, name), FOLLOW)
  expect(result).toMatchObject({ kind: 'missing', error: { code: 'EACCES' } })
})

describe('a symlink', () => {
  posix('is followed if that is asked for (on POSIX only)', async () => {
    const result = await openRegularFile(join(root, 'link.txt'), FOLLOW)
    expect(result).toMatchObject({ kind: 'file', file: { size: 4 } })
    if (result.kind === 'file') result.file.close()
  })

  posix('is missing if not (on POSIX only)', async () => {
    for (const name of ['link.txt', 'link']) {
      const result = await openRegularFile(join(root, name), { followSymlink: false })
      expect(result).toMatchObject({
        kind: 'missing',
        error: { code: expect.stringMatching(/^(ELOOP|EMLINK)$/) },
      })
    }
  })

  posix.each([
    [true, { kind: 'directory' }],
    [false, { kind: 'missing', error: { code: 'EACCES' } }],
  ])(
    'to a directory that may not be listed is followed (on POSIX only): %p',
    async (followSymlink, expected) => {
      failToOpen('EACCES')
      expect(await openRegularFile(join(root, 'link'), { followSymlink })).toMatchObject(expected)
    },
  )
})

posix('a FIFO is missing without blocking, and is not judged (on POSIX only)', async () => {
  const allowedPath = check(path)
  const result = await openRegularFile(join(root, 'fifo'), { ...FOLLOW, allowedPath })
  expect(result).toEqual({ kind: 'missing' })
  expect(allowedPath).not.toHaveBeenCalled()
})
