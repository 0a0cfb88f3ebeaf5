import { openDirectory, openFirst } from '../../lib/source/open-first.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from '../../lib/source/source.js'

const NAMES = ['a', 'a.html', 'a.htm']
const wanted = { names: NAMES, directoryLacksSlash: true }
const file: OpenResult = { kind: 'file', file: {} as OpenFile }
const directory: OpenResult = { kind: 'directory' }
const missing: OpenResult = { kind: 'missing', error: errno('ENOENT') }

function errno(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A source in which the names have these results, and which notes what was opened. */
function sourceOf(...results: readonly OpenResult[]): FileSource & { readonly opened: string[] } {
  const opened: string[] = []
  return {
    opened,
    open: async (name) => {
      opened.push(name)
      return results[NAMES.indexOf(name)] ?? { kind: 'missing' }
    },
  }
}

test('the first candidate that is a file is returned, and no later one is opened', async () => {
  const source = sourceOf(missing, file, file)
  expect(await openFirst(source, wanted)).toBe(file)
  expect(source.opened).toEqual(['a', 'a.html'])
})

test('a directory at the first name is returned if the request lacks its slash', async () => {
  const source = sourceOf(directory, file)
  expect(await openFirst(source, wanted)).toBe(directory)
  expect(source.opened).toEqual(['a'])
})

test('a directory is skipped at a later name, and if the request has the slash', async () => {
  expect(await openFirst(sourceOf(missing, directory, file), wanted)).toBe(file)
  const withSlash = { names: NAMES, directoryLacksSlash: false }
  expect(await openFirst(sourceOf(directory, file), withSlash)).toBe(file)
  expect(await openFirst(sourceOf(missing, missing, directory), wanted)).toEqual({
    kind: 'missing',
  })
})

test.each(['EMFILE', 'ENFILE', 'EACCES', 'EIO'])('%s ends the search', async (code) => {
  const failure: OpenResult = { kind: 'missing', error: errno(code) }
  const source = sourceOf(failure, file)
  expect(await openFirst(source, wanted)).toBe(failure)
  expect(source.opened).toEqual(['a'])
})

test.each(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])(
  '%s is a name with nothing at it, and the search goes on',
  async (code) => {
    const source = sourceOf({ kind: 'missing', error: errno(code) }, file)
    expect(await openFirst(source, wanted)).toBe(file)
  },
)

test('a missing candidate without an error is skipped too', async () => {
  expect(await openFirst(sourceOf({ kind: 'missing' }, file), wanted)).toBe(file)
})

describe('in a source without directories', () => {
  const index = { names: ['a/index.html'], directoryLacksSlash: false }
  const request: OpenRequest = {
    method: 'GET',
    range: 'bytes=0-1',
    signal: new AbortController().signal,
  }

  test('a name is a directory if it has an index file, which is closed', async () => {
    const close = jest.fn()
    const open = jest.fn(
      async (): Promise<OpenResult> => ({
        kind: 'file',
        file: { close } as Partial<OpenFile> as OpenFile,
      }),
    )
    expect(await openDirectory({ open }, index, request)).toEqual({ kind: 'directory' })
    expect(close).toHaveBeenCalledTimes(1)
    // Nothing of it is sent, so nothing is asked for except whether it exists.
    const head = { ...request, method: 'HEAD', range: undefined }
    expect(open).toHaveBeenCalledWith('a/index.html', head, undefined)
  })

  test('a name without an index file is what opening that file gives', async () => {
    expect(await openDirectory({ open: async () => missing }, index, request)).toBe(missing)
  })
})
