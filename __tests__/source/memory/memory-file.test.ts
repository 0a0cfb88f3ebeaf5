import { join } from 'node:path'
import { openRegularFile } from '../../../lib/source/disk/open-regular-file.js'
import { MemoryFile } from '../../../lib/source/memory/memory-file.js'
import { iterateChunks } from '../../../lib/source/read-window.js'
import type { ChunkReader } from '../../../lib/source/source.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

const path = join(directoryOf({ 'a.txt': 'abcdef' }), 'a.txt')

afterAll(removeDirectories)

async function memoryFile(text = 'abcdef') {
  const result = await openRegularFile(path, { followSymlink: true })
  if (result.kind !== 'file') throw new Error('There is no file')
  const { file } = result
  const stats = file.stats()
  const memory = new MemoryFile(file, Buffer.from(text), stats)
  file.close()
  return { file, memory, stats }
}

async function textOf(reader: ChunkReader): Promise<string> {
  let text = ''
  for await (const piece of iterateChunks(reader, 2)) text += piece
  return text
}

test('it has the metadata of the file that was read, which may be closed', async () => {
  const { file, memory, stats } = await memoryFile()
  const { mtimeNs, ctimeNs } = file
  const { dev, ino, size } = file.version
  expect(memory).toMatchObject({ path, size: 6, mtimeNs, ctimeNs })
  // It is kept for long, so it does not keep the whole of what `fs.stat` returned.
  expect(memory.version).toEqual({ dev, ino, size, mtimeNs, ctimeNs })
  expect(memory.stats()).toBe(stats)
})

test('many readers read it at once, and none closes it', async () => {
  const { memory } = await memoryFile()
  memory.close()
  const whole = () => textOf(memory.body([{ start: 0, end: 5 }], 2))
  expect(await Promise.all([whole(), whole()])).toEqual(['abcdef', 'abcdef'])
  expect(
    await textOf(
      memory.body(
        [
          { start: 4, end: 5 },
          { start: 0, end: 0 },
        ],
        2,
      ),
    ),
  ).toBe('efa')
})

test.each([
  ['are its own where they are only read', true],
  ['are copies where they may be changed', false],
])('the bytes of a body %s', async (_what, mayShare) => {
  const { memory } = await memoryFile()
  const pool = {
    mayShare: () => mayShare,
    allocate: (bytes: number) => Buffer.alloc(bytes),
    release() {},
    abandon() {},
  }
  const read: (Uint8Array | undefined)[] = []
  const reader = memory.body([{ start: 0, end: 5 }], 6, pool)
  reader.read(6, (_error, buffer) => read.push(buffer))
  expect(read).toEqual([Buffer.from('abcdef')])
  expect(read[0]?.buffer === memory.bytes.buffer).toBe(mayShare)
})

test('nothing is appended to it while it is followed', async () => {
  const { memory } = await memoryFile()
  expect(await textOf(memory.follow(2))).toBe('cdef')
})
