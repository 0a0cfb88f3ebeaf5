import fs from 'node:fs'
import { join } from 'node:path'
import type { DiskFile } from '../../../lib/source/disk/disk-file.js'
import { DiskSource } from '../../../lib/source/disk/disk-source.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

async function opened(): Promise<DiskFile> {
  const found = await new DiskSource(directoryOf({ 'a.txt': 'one' }), 'inside').open('a.txt')
  if (found.kind !== 'file') throw new Error('There is no file')
  return found.file
}

/** Everything that reads from the descriptor, by the function of `node:fs` that does it. */
const reads: [string, 'read' | 'fstat', (file: DiskFile, done: () => void) => void][] = [
  ['a fill', 'read', (file, done) => file.readFully(Buffer.alloc(3), 0, done)],
  ['a comparison', 'fstat', (file, done) => file.checkChange(done)],
]

test.each(reads)('%s that is pending keeps the descriptor open', async (_what, call, read) => {
  const file = await opened()
  const close = jest.spyOn(fs, 'close')
  const perform = fs[call]
  let begin: () => void = () => {}
  // Held back as a busy thread pool does.
  jest.spyOn(fs, call).mockImplementation((...given: unknown[]) => {
    begin = () => Reflect.apply(perform, fs, given)
  })
  const done = jest.fn()
  read(file, done)
  file.close()
  file.close()
  expect(close).not.toHaveBeenCalled()
  begin()
  await eventually(() => done.mock.calls.length === 1)
  await eventually(() => close.mock.calls.length === 1)
})

test('without a pending call the descriptor is closed at once, and once only', async () => {
  const file = await opened()
  expect(file.descriptor).toBeGreaterThan(2)
  const close = jest.spyOn(fs, 'close')
  file.close()
  file.close()
  expect(file.descriptor).toBeUndefined()
  expect(close).toHaveBeenCalledTimes(1)
})

test('readFully ends at the end of the file', async () => {
  const file = await opened()
  const bytes = Buffer.alloc(10)
  const read = await new Promise((resolve) =>
    file.readFully(bytes, 1, (_error, count) => resolve(count)),
  )
  expect([read, bytes.toString('latin1', 0, 2)]).toEqual([2, 'ne'])
  file.close()
})

test.each([
  ['none', () => {}],
  ['grown', (path: string) => fs.appendFileSync(path, 'more')],
  ['rewritten', (path: string) => fs.truncateSync(path, 1)],
])('checkChange reports %s', async (change, act) => {
  const file = await opened()
  act(file.path)
  expect(await new Promise((resolve) => file.checkChange(resolve))).toBe(change)
  file.close()
})

test('a closed file is not read', async () => {
  const file = await opened()
  file.close()
  const read = jest.spyOn(fs, 'read')
  const fstat = jest.spyOn(fs, 'fstat')
  const failed = jest.fn()
  file.readFully(Buffer.alloc(3), 0, failed)
  file.checkChange(failed)
  expect(failed.mock.calls).toEqual([
    [expect.objectContaining({ name: 'FileClosedError' }), 0],
    ['rewritten'],
  ])
  expect(read).not.toHaveBeenCalled()
  expect(fstat).not.toHaveBeenCalled()
  const closed = { name: 'FileClosedError' }
  expect(() => file.share()).toThrow(expect.objectContaining(closed))
  expect(() => file.stats()).toThrow(expect.objectContaining(closed))
})

test('one call reads at most 1 GiB', async () => {
  const file = await opened()
  const size = 2.5 * 1024 ** 3
  const lengths: number[] = []
  const read = (
    _fd: number,
    _buffer: unknown,
    _offset: number,
    length: number,
    ...rest: unknown[]
  ) => {
    lengths.push(length)
    const callback = rest[1] as (error: null, bytesRead: number) => void
    callback(null, length)
  }
  jest.spyOn(fs, 'read').mockImplementation(read as unknown as typeof fs.read)
  const done = jest.fn()
  file.readFully({ length: size } as Uint8Array, 0, done)
  expect(lengths).toEqual([1024 ** 3, 1024 ** 3, 1024 ** 3 / 2])
  expect(done).toHaveBeenCalledWith(null, size)
  file.close()
})

test('the state of a renamed file comes from its descriptor, which stays open during the call', async () => {
  const file = await opened()
  fs.renameSync(file.path, join(file.path, '..', 'renamed.txt'))
  const close = jest.spyOn(fs, 'close')
  const perform = fs.fstat
  let begin: () => void = () => {}
  jest.spyOn(fs, 'fstat').mockImplementation((...given: unknown[]) => {
    begin = () => Reflect.apply(perform, fs, given)
  })
  const asked = jest.mocked(fs.fstat).mock.calls
  const state = file.currentState()
  await eventually(() => asked.length === 1)
  file.close()
  expect(close).not.toHaveBeenCalled()
  begin()
  expect(await state).toMatchObject({ size: 3, inPlace: false })
  await eventually(() => close.mock.calls.length === 1)
  await expect(file.currentState()).rejects.toMatchObject({ name: 'FileClosedError' })
})

test('the state tells whether the path still refers to the file', async () => {
  const file = await opened()
  const inPlace = async () => {
    const state = await file.currentState()
    return [state.size, state.inPlace]
  }
  expect(await inPlace()).toEqual([3, true])
  fs.renameSync(file.path, join(file.path, '..', 'b.txt'))
  expect(await inPlace()).toEqual([3, false])
  fs.writeFileSync(file.path, 'another')
  expect(await inPlace()).toEqual([3, false])
  file.close()
})
