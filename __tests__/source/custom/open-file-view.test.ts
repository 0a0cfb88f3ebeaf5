import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CustomFile } from '../../../lib/source/custom/custom-file.js'
import { OpenFileView, sourceFileOf } from '../../../lib/source/custom/open-file-view.js'
import type { SourceFile } from '../../../lib/source/custom/source-contract.js'
import { DiskSource } from '../../../lib/source/disk/disk-source.js'
import { MemoryFile } from '../../../lib/source/memory/memory-file.js'
import { openFilesBelow } from '../../support/descriptors.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, patternOf, removeDirectories } from '../../support/files.js'

const CONTENT = patternOf(200_000)
const root = directoryOf({ 'a.bin': CONTENT })

afterEach(() => eventually(() => openFilesBelow(root).length === 0))
afterAll(removeDirectories)

async function diskFile(name = 'a.bin') {
  const result = await new DiskSource(root, 'inside').open(name)
  if (result.kind !== 'file') throw new Error('There is no file')
  return result.file
}

async function read(
  view: OpenFileView,
  start: number,
  end: number,
  signal = new AbortController().signal,
): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of view.chunks({ start, end, signal })) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('its metadata are those of the file', async () => {
  const file = await diskFile()
  const view = new OpenFileView(file)
  const modified = new Date('2024-02-29T12:34:56.789Z')
  expect(view).toMatchObject({ file, size: 200_000, modified })
  expect(view.etag).toBe(`"30d40-${file.mtimeNs.toString(16)}"`)
  view.close()
})

test('a copy of it with other metadata can be read and closed', async () => {
  const copy = { ...new OpenFileView(await diskFile()), cacheControl: 'no-store' }
  const pieces: Buffer[] = []
  const { signal } = new AbortController()
  for await (const piece of copy.chunks({ start: 5, end: 9, signal })) pieces.push(piece)
  expect(Buffer.concat(pieces)).toEqual(CONTENT.subarray(5, 10))
  copy.close()
})

test('assigning other metadata to it fails, because they would not be sent', async () => {
  const view = new OpenFileView(await diskFile())
  expect(() => Object.assign(view, { cacheControl: 'no-store' })).toThrow(TypeError)
  view.close()
})

test('the tag of a file that was just modified is weak', async () => {
  const now = new Date()
  writeFileSync(join(root, 'new.txt'), 'new')
  utimesSync(join(root, 'new.txt'), now, now)
  jest.spyOn(Date, 'now').mockReturnValue(now.getTime())
  const view = new OpenFileView(await diskFile('new.txt'))
  expect(view.etag).toMatch(/^W\//)
  view.close()
  jest.restoreAllMocks()
})

test('what the file does not tell is left out', async () => {
  const file = new CustomFile('a', { chunks: () => [] })
  expect(new OpenFileView(file)).toMatchObject({
    size: undefined,
    modified: undefined,
    etag: undefined,
  })
})

test('ranges are read one after the other, until it is closed', async () => {
  const view = new OpenFileView(await diskFile())
  expect(await read(view, 10, 19)).toEqual(CONTENT.subarray(10, 20))
  const whole = await read(view, 0, Number.POSITIVE_INFINITY)
  expect(whole.equals(CONTENT)).toBe(true)
  if (process.platform === 'linux') expect(openFilesBelow(root)).toHaveLength(1)
  view.close()
})

test('ranges may be read at the same time', async () => {
  const view = new OpenFileView(await diskFile())
  const ranges = await Promise.all([read(view, 0, 149_999), read(view, 150_000, 199_999)])
  expect(Buffer.concat(ranges).equals(CONTENT)).toBe(true)
  view.close()
})

test('a signal ends a range that is being read, and closes what it reads from', async () => {
  const controller = new AbortController()
  const view = new OpenFileView(await diskFile())
  const pieces = view.chunks({ start: 0, end: 199_999, signal: controller.signal })
  await pieces.next()
  controller.abort(new Error('disconnected'))
  await expect(pieces.next()).rejects.toThrow('disconnected')
  view.close()
})

test('a range is not read if its signal has fired, or once the file is closed', async () => {
  const view = new OpenFileView(await diskFile())
  const aborted = view.chunks({ start: 0, end: 9, signal: AbortSignal.abort(new Error('gone')) })
  await expect(aborted.next()).rejects.toThrow('gone')
  view.close()
  await expect(read(view, 0, 9)).rejects.toMatchObject({ name: 'FileClosedError' })
})

test('bytes in memory are read as well', async () => {
  const file = await diskFile()
  const view = new OpenFileView(new MemoryFile(file, CONTENT, file.stats()))
  file.close()
  expect(await read(view, 5, 9)).toEqual(CONTENT.subarray(5, 10))
})

test('a file of the application is what the application opened', async () => {
  const sourceFile = { size: 1, chunks: () => [Buffer.from('x')] }
  expect(sourceFileOf(new CustomFile('a', sourceFile))).toMatchObject({ size: 1 })
  const file = await diskFile()
  expect(sourceFileOf(file)).toMatchObject({ file, size: 200_000 })
  file.close()
})

test('a file of the application may be of a class, is copied with all it has, and is closed once', async () => {
  let closed = 0
  class Draft implements SourceFile {
    readonly author = 'someone'
    readonly #bytes = Buffer.from('draft')
    get size(): number {
      return this.#bytes.length
    }
    chunks(): Uint8Array[] {
      return [this.#bytes]
    }
    close(): void {
      closed++
    }
  }
  const file = new CustomFile('a', new Draft())
  const copy = { ...sourceFileOf(file), cacheControl: 'no-store' }
  expect(copy).toMatchObject({ size: 5, author: 'someone', cacheControl: 'no-store' })
  const range = { start: 0, end: 4, signal: new AbortController().signal }
  expect(copy.chunks(range)).toEqual([Buffer.from('draft')])
  await copy.close?.()
  await file.closeAndWait()
  expect(closed).toBe(1)
})
