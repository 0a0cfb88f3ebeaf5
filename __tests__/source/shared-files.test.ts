import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Disk } from '../../lib/source/disk'
import type { DiskFile } from '../../lib/source/disk-file'
import { SharedFiles } from '../../lib/source/shared-files'
import { Standing } from '../../lib/source/standing'
import { eventually } from '../support/eventually'
import { folderOf, openDescriptors, removeFolders } from '../support/files'

const onLinux = process.platform === 'linux' ? test : test.skip

afterAll(removeFolders)

function sharedFiles(root: string): SharedFiles {
  const disk = new Disk(root, 'inside')
  return new SharedFiles(disk, new Standing(disk))
}

async function opened(files: SharedFiles, name: string): Promise<DiskFile> {
  const found = await files.open(name)
  if (found.kind !== 'file') throw new Error(`${name} is no file`)
  return found.file
}

function read(file: DiskFile): Promise<string> {
  const bytes = Buffer.alloc(file.size ?? 0)
  return new Promise((resolve, reject) =>
    file.fill(bytes, 0, (error) => (error ? reject(error) : resolve(bytes.toString()))),
  )
}

onLinux('who reads a file at the same time reads one descriptor (Linux counts them)', async () => {
  const files = sharedFiles(folderOf({ 'a.bin': 'one' }))
  const before = openDescriptors() ?? 0
  const first = await opened(files, 'a.bin')
  const others = await Promise.all(Array.from({ length: 20 }, () => opened(files, 'a.bin')))
  expect(openDescriptors()).toBe(before + 1)
  first.close()
  expect(await Promise.all(others.map(read))).toEqual(others.map(() => 'one'))
  for (const file of others) file.close()
  await eventually(() => openDescriptors() === before)
})

onLinux('a read under way keeps it open although all have closed it (Linux only)', async () => {
  const files = sharedFiles(folderOf({ 'a.bin': 'one' }))
  const before = openDescriptors() ?? 0
  const [first, second] = [await opened(files, 'a.bin'), await opened(files, 'a.bin')]
  const text = read(second)
  second.close()
  second.close()
  first.close()
  expect(await text).toBe('one')
  await eventually(() => openDescriptors() === before)
})

test('a file that was closed by all is opened again', async () => {
  const files = sharedFiles(folderOf({ 'a.bin': 'one' }))
  const first = await opened(files, 'a.bin')
  const second = opened(files, 'a.bin')
  first.close()
  expect(await read(await second)).toBe('one')
  ;(await second).close()
  const third = await opened(files, 'a.bin')
  expect(await read(third)).toBe('one')
  third.close()
})

test('a file that was replaced meanwhile is the new one', async () => {
  const folder = folderOf({ 'a.bin': 'one', 'b.bin': 'two' })
  const files = sharedFiles(folder)
  const first = await opened(files, 'a.bin')
  renameSync(join(folder, 'b.bin'), join(folder, 'a.bin'))
  const second = await opened(files, 'a.bin')
  expect([await read(first), await read(second)]).toEqual(['one', 'two'])
  first.close()
  second.close()
})

test('a file whose folder became a link out of the root is refused, although it is open', async () => {
  const folder = folderOf({ 'root/sub/a.bin': 'one' })
  const files = sharedFiles(join(folder, 'root'))
  const first = await opened(files, 'sub/a.bin')
  renameSync(join(folder, 'root/sub'), join(folder, 'outside'))
  symlinkSync(join(folder, 'outside'), join(folder, 'root/sub'))
  expect((await files.open('sub/a.bin')).kind).toBe('nothing')
  first.close()
})

test('a file that is written to is described as it is now', async () => {
  const folder = folderOf({ 'a.bin': 'one' })
  const files = sharedFiles(folder)
  const first = await opened(files, 'a.bin')
  writeFileSync(join(folder, 'a.bin'), 'longer')
  const second = await opened(files, 'a.bin')
  expect([first.size, second.size]).toEqual([3, 6])
  first.close()
  second.close()
})
