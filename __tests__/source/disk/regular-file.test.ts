import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BufferPool } from '../../../lib/source/buffer-pool.js'
import { openRegularFile } from '../../../lib/source/disk/open-regular-file.js'
import type { RegularFile } from '../../../lib/source/disk/regular-file.js'
import { iterateChunks } from '../../../lib/source/read-window.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

afterAll(removeDirectories)

async function opened(path = join(directoryOf({ 'a.txt': 'abcdef' }), 'a.txt')) {
  const result = await openRegularFile(path, { followSymlink: true })
  if (result.kind !== 'file') throw new Error('There is no file')
  const file: RegularFile = result.file
  return { path, file }
}

async function textOf(reader: ReturnType<RegularFile['body']>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of iterateChunks(reader, 2)) pieces.push(String(piece))
  return pieces
}

test('its metadata stay those it was opened with', async () => {
  const { path, file } = await opened()
  const { mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  appendFileSync(path, 'more')
  expect(file).toMatchObject({ path, size: 6, mtimeNs, ctimeNs })
  file.close()
})

test('it has the id of each other that was opened at the same path, and of no other', async () => {
  const { path, file } = await opened()
  const [same, other] = [await opened(path), await opened()]
  expect(same.file.id).toBe(file.id)
  expect(other.file.id).not.toBe(file.id)
  for (const one of [file, same.file, other.file]) one.close()
})

test('its segments are read in order, in chunks of the given size', async () => {
  const { file } = await opened()
  const segments = [{ start: 3, end: 5 }, Buffer.from('-'), { start: 0, end: 0 }]
  expect((await textOf(file.body(segments, 2))).join('')).toBe('def-a')
})

test('closing the reader of a body closes the file', async () => {
  const { file } = await opened()
  file.body([{ start: 0, end: 5 }], 2).close()
  expect(file.descriptor).toBeUndefined()
})

test('the buffers of a body come from the given pool', async () => {
  const { file } = await opened()
  const allocate = jest.fn((bytes: number) => Buffer.alloc(bytes))
  const pool: BufferPool = { mayShare: () => true, allocate, release() {}, abandon() {} }
  expect(await textOf(file.body([{ start: 0, end: 5 }], 2, pool))).toEqual(['ab', 'cd', 'ef'])
  expect(allocate).toHaveBeenCalled()
})

test('it is followed from a position, until the options end it', async () => {
  const { path, file } = await opened()
  const controller = new AbortController()
  const pieces: string[] = []
  for await (const piece of iterateChunks(file.follow(4, { signal: controller.signal }), 2)) {
    if (piece.length === 0) continue
    pieces.push(String(piece))
    if (pieces.join('') === 'ef') appendFileSync(path, 'more')
    if (pieces.join('') === 'efmore') controller.abort()
  }
  expect(pieces.join('')).toBe('efmore')
  expect(file.descriptor).toBeUndefined()
})
