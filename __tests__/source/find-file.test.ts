import { findFile } from '../../lib/source/find-file'
import type { Found, OpenFile, Source } from '../../lib/source/source'

const NAMES = ['a', 'a.html', 'a.htm']
const wanted = { names: NAMES, folderLacksSlash: true }
const file: Found = { kind: 'file', file: {} as OpenFile }
const directory: Found = { kind: 'directory' }
const missing: Found = { kind: 'nothing', error: errno('ENOENT') }

function errno(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A source in which the names have these results, and which notes what was opened. */
function sourceOf(...results: readonly Found[]): Source & { readonly opened: string[] } {
  const opened: string[] = []
  return {
    opened,
    open: async (name) => {
      opened.push(name)
      return results[NAMES.indexOf(name)] ?? { kind: 'nothing' }
    },
  }
}

test('the first candidate that is a file is found, and no later one is opened', async () => {
  const source = sourceOf(missing, file, file)
  expect(await findFile(source, wanted)).toBe(file)
  expect(source.opened).toEqual(['a', 'a.html'])
})

test('a directory at the first name is told where the request lacks its slash', async () => {
  const source = sourceOf(directory, file)
  expect(await findFile(source, wanted)).toBe(directory)
  expect(source.opened).toEqual(['a'])
})

test('a directory is passed over at a later name, and where the request has the slash', async () => {
  expect(await findFile(sourceOf(missing, directory, file), wanted)).toBe(file)
  const withSlash = { names: NAMES, folderLacksSlash: false }
  expect(await findFile(sourceOf(directory, file), withSlash)).toBe(file)
  expect(await findFile(sourceOf(missing, missing, directory), wanted)).toEqual({ kind: 'nothing' })
})

test.each(['EMFILE', 'ENFILE', 'EACCES', 'EIO'])('%s ends the search', async (code) => {
  const failure: Found = { kind: 'nothing', error: errno(code) }
  const source = sourceOf(failure, file)
  expect(await findFile(source, wanted)).toBe(failure)
  expect(source.opened).toEqual(['a'])
})

test.each(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])(
  '%s is a name with nothing at it, and the search goes on',
  async (code) => {
    const source = sourceOf({ kind: 'nothing', error: errno(code) }, file)
    expect(await findFile(source, wanted)).toBe(file)
  },
)

test('a name with nothing at it and no error is passed over, too', async () => {
  expect(await findFile(sourceOf({ kind: 'nothing' }, file), wanted)).toBe(file)
})
