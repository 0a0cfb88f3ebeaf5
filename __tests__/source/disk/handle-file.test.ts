import { appendFileSync, truncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { openHandle } from '../../../lib/source/disk/handle-file.js'
import type { OpenFile, RandomAccessFile } from '../../../lib/source/source.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

const handles: FileHandle[] = []

afterEach(() => Promise.all(handles.splice(0).map((handle) => handle.close())))
afterAll(removeDirectories)

async function opened(content = 'abcdef') {
  const path = join(directoryOf({ 'a.txt': content }), 'a.txt')
  const handle = await open(path)
  handles.push(handle)
  const result = await openHandle(handle)
  if (result.kind !== 'file') throw new Error('There is no file')
  const file = result.file as OpenFile & RandomAccessFile
  return { path, handle, file }
}

function fill(file: RandomAccessFile, length: number, position: number): Promise<unknown> {
  const bytes = Buffer.alloc(length)
  return new Promise((resolve) =>
    file.readFully(bytes, position, (error, count) => resolve(error ?? `${bytes}`.slice(0, count))),
  )
}

test('a file is read from any position, whatever the position of its handle', async () => {
  const { handle, file } = await opened()
  await handle.read(Buffer.alloc(3), 0, 3, null)
  expect(await fill(file, 3, 1)).toBe('bcd')
  expect(await fill(file, 10, 4)).toBe('ef')
})

test('a handle that the application closed has no descriptor', async () => {
  const { handle, file } = await opened()
  expect(file.descriptor).toBe(handle.fd)
  await handle.close()
  expect(file.descriptor).toBeUndefined()
})

test.each([
  ['none', () => {}],
  ['grown', (path: string) => appendFileSync(path, 'more')],
  ['rewritten', (path: string) => truncateSync(path, 1)],
])('checkChange reports %s', async (change, act) => {
  const { path, file } = await opened()
  act(path)
  expect(await new Promise((resolve) => file.checkChange(resolve))).toBe(change)
})

test('a handle that the application closed is an error to read, and rewritten to compare', async () => {
  const { handle, file } = await opened()
  handles.splice(0)
  await handle.close()
  expect(await fill(file, 1, 0)).toMatchObject({ code: 'EBADF' })
  expect(await new Promise((resolve) => file.checkChange(resolve))).toBe('rewritten')
})

test('closing the file leaves the handle open', async () => {
  const { handle, file } = await opened()
  file.close()
  expect((await handle.stat()).size).toBe(6)
})

test('its state is that of the open file, which is always in place', async () => {
  const { path, file } = await opened()
  appendFileSync(path, 'more')
  expect(await file.currentState()).toMatchObject({ size: 10, inPlace: true })
})

test('a handle of a directory is refused', async () => {
  const handle = await open(directoryOf({}))
  handles.push(handle)
  expect(await openHandle(handle)).toMatchObject({
    kind: 'missing',
    error: { message: 'The FileHandle is not of a regular file' },
  })
})

test('a handle that is closed already is missing, with the error', async () => {
  const { handle } = await opened()
  handles.splice(0)
  await handle.close()
  expect(await openHandle(handle)).toMatchObject({ kind: 'missing', error: { code: 'EBADF' } })
})

test('a file of /proc has no size', async () => {
  if (process.platform !== 'linux') return
  const handle = await open('/proc/self/status')
  handles.push(handle)
  const result = await openHandle(handle)
  expect(result).toMatchObject({ kind: 'file', file: { size: undefined } })
})
