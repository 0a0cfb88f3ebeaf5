import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { directoryListing } from '../../lib/command/directory-listing.js'
import { DiskSource } from '../../lib/source/disk/disk-source.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'

afterAll(removeDirectories)

/** The links of a listing, in order. */
async function linksOf(root: string, directory = '', dotfiles = false): Promise<string[]> {
  const links: string[] = []
  const pieces = await directoryListing(new DiskSource(root, 'inside'), directory, dotfiles)
  for await (const piece of pieces) {
    for (const [, href = ''] of piece.matchAll(/<td[^>]*><a href="([^"]*)"/g)) links.push(href)
  }
  return links
}

test('directories come first, and file2 before file10', async () => {
  const root = directoryOf({ file10: '', file2: '', File1: '', 'z/a': '', 'b/a': '' })
  expect(await linksOf(root)).toEqual(['b/', 'z/', 'File1', 'file2', 'file10'])
  expect(await linksOf(root, 'z')).toEqual(['../', 'a'])
})

test('files with a leading dot are listed only if they are served', async () => {
  const root = directoryOf({ '.env': '', '.git/config': '', '.well-known/x': '', a: '' })
  expect(await linksOf(root)).toEqual(['a'])
  expect(await linksOf(root, '', true)).toEqual(['.git/', '.well-known/', '.env', 'a'])
})

testOnLinux('names that no request can have are not listed', async () => {
  const root = directoryOf({ 'new\nline': '', 'back\\slash': '', '\x1b[31m': '', 'a b': '' })
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff])]), '')
  expect(await linksOf(root)).toEqual(['a%20b'])
})

testOnLinux('symlinks are listed if they are followed: inside the root', async () => {
  const outside = directoryOf({ 'secret/file': '' })
  const root = directoryOf({ 'docs/a.txt': '' })
  symlinkSync('docs/a.txt', join(root, 'to-file'))
  symlinkSync('docs', join(root, 'to-directory'))
  symlinkSync(join(outside, 'secret'), join(root, 'to-outside-directory'))
  symlinkSync(join(outside, 'secret/file'), join(root, 'to-outside-file'))
  symlinkSync('nowhere', join(root, 'broken'))
  symlinkSync('loop', join(root, 'loop'))
  symlinkSync('/dev/null', join(root, 'device'))
  expect(await linksOf(root)).toEqual(['docs/', 'to-directory/', 'to-file'])
})

test('ten thousand entries come in many pieces', async () => {
  const root = directoryOf({})
  mkdirSync(join(root, 'many'))
  for (let number = 0; number < 10_000; number++) writeFileSync(join(root, 'many', `${number}`), '')
  let links = 0
  let longest = 0
  for await (const piece of await directoryListing(new DiskSource(root, 'inside'), 'many', false)) {
    links += [...piece.matchAll(/<td><a /g)].length
    longest = Math.max(longest, piece.length)
  }
  expect(links).toBe(10_000)
  expect(longest).toBeLessThan(16 * 1024)
})

test('a directory that is gone rejects', async () => {
  await expect(linksOf(directoryOf({}), 'none')).rejects.toMatchObject({ code: 'ENOENT' })
})
