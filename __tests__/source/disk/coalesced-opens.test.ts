import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { CoalescedOpens } from '../../../lib/source/disk/coalesced-opens.js'
import type { DiskFile } from '../../../lib/source/disk/disk-file.js'
import { DiskSource } from '../../../lib/source/disk/disk-source.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, openDescriptors, removeDirectories } from '../../support/files.js'

const onLinux = process.platform === 'linux' ? test : test.skip

afterAll(removeDirectories)

function sharedFiles(root: string): CoalescedOpens {
  return new CoalescedOpens(new DiskSource(root, 'inside'))
}

async function opened(files: CoalescedOpens, name: string): Promise<DiskFile> {
  const found = await files.open(name)
  if (found.kind !== 'file') throw new Error(`${name} is no file`)
  return found.file
}

function openTimes(files: CoalescedOpens, name: string, times: number): Promise<DiskFile[]> {
  return Promise.all(Array.from({ length: times }, () => opened(files, name)))
}

function read(file: DiskFile): Promise<string> {
  const bytes = Buffer.alloc(file.size ?? 0)
  return new Promise((resolve, reject) =>
    file.readFully(bytes, 0, (error) => (error ? reject(error) : resolve(bytes.toString()))),
  )
}

onLinux('concurrent requests read from one descriptor (counted on Linux)', async () => {
  const files = sharedFiles(directoryOf({ 'a.bin': 'one' }))
  const before = openDescriptors() ?? 0
  const [first, ...others] = await openTimes(files, 'a.bin', 20)
  expect(openDescriptors()).toBe(before + 1)
  first?.close()
  first?.close()
  expect(await Promise.all(others.map(read))).toEqual(others.map(() => 'one'))
  for (const file of others) file.close()
  await eventually(() => openDescriptors() === before)
})

onLinux('a read under way keeps it open although all have closed it (Linux only)', async () => {
  const files = sharedFiles(directoryOf({ 'a.bin': 'one' }))
  const before = openDescriptors() ?? 0
  const all = await openTimes(files, 'a.bin', 3)
  const texts = all.map(read)
  for (const file of all) file.close()
  expect(await Promise.all(texts)).toEqual(['one', 'one', 'one'])
  await eventually(() => openDescriptors() === before)
})

test('a closed file is not read again, because its descriptor may refer to another file', async () => {
  const files = sharedFiles(directoryOf({ 'a.bin': 'one' }))
  const [first, second] = await openTimes(files, 'a.bin', 2)
  first?.close()
  await expect(first && read(first)).rejects.toThrow('closed')
  expect(await (second && read(second))).toBe('one')
  second?.close()
})

test('a later request gets the present file', async () => {
  const directory = directoryOf({ 'a.bin': 'one', 'b.bin': 'two' })
  const files = sharedFiles(directory)
  const first = await opened(files, 'a.bin')
  renameSync(join(directory, 'b.bin'), join(directory, 'a.bin'))
  const second = await opened(files, 'a.bin')
  expect([await read(first), await read(second)]).toEqual(['one', 'two'])
  first.close()
  second.close()
})

test('all requests see a change that happened before the last of them', async () => {
  const directory = directoryOf({ 'a.bin': 'one', 'b.bin': 'two' })
  const files = sharedFiles(directory)
  const first = opened(files, 'a.bin')
  renameSync(join(directory, 'b.bin'), join(directory, 'a.bin'))
  const both = await Promise.all([first, opened(files, 'a.bin')])
  expect(await Promise.all(both.map(read))).toEqual(['two', 'two'])
  for (const file of both) file.close()
})

test('a request that arrives during an open gets an open of its own', async () => {
  const disk = new DiskSource(directoryOf({ 'a.bin': 'one' }), 'inside')
  const open = jest.spyOn(disk, 'open')
  let waiting: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    waiting = resolve
  })
  open.mockImplementation(async () => {
    await held
    return { kind: 'missing' }
  })
  const files = new CoalescedOpens(disk)
  const first = files.open('a.bin')
  await eventually(() => open.mock.calls.length === 1)
  const second = files.open('a.bin')
  await eventually(() => open.mock.calls.length === 2)
  waiting()
  expect(await Promise.all([first, second])).toEqual([{ kind: 'missing' }, { kind: 'missing' }])
})

test('a missing file, or a directory, is reported to all requests', async () => {
  const files = sharedFiles(directoryOf({ 'sub/a.bin': 'one' }))
  const found = await Promise.all(['none', 'none', 'sub', 'sub'].map((name) => files.open(name)))
  expect(found.map(({ kind }) => kind)).toEqual(['missing', 'missing', 'directory', 'directory'])
})
