import fs from 'node:fs'
import { join } from 'node:path'
import type { DotfilePolicy } from '../../lib/path/dotfiles.js'
import { DirectoryFiles } from '../../lib/source/built-in-source.js'
import type { OpenContext, Source } from '../../lib/source/custom/source-contract.js'
import { MemorySource } from '../../lib/source/memory/memory-source.js'
import { openReference } from '../../lib/source/open-reference.js'
import { directoryOf, removeDirectories } from '../support/files.js'

const files = { 'a.txt': 'a', 'sub/a.txt': 'aa', '.env': 'secret', '.well-known/b': 'four' }
const memory = new MemorySource(files)
const root = directoryOf(files)
const directory = new DirectoryFiles(root, 'inside')

afterAll(removeDirectories)

const request = { signal: new AbortController().signal, method: 'GET' }

/** The size of a file; or the status of its refusal, or what else is at the name. */
async function opened(source: Source, name: string, dotfiles: DotfilePolicy = 'ignore') {
  const result = await openReference({ source, name }, dotfiles, () => request)
  if (result.kind === 'missing' && result.error !== undefined) {
    const { error } = result
    return typeof error === 'object' && error !== null && 'status' in error ? error.status : 'error'
  }
  if (result.kind !== 'file') return result.kind
  result.file.close()
  return result.file.size
}

describe.each<[what: string, source: Source]>([
  ['memory', memory],
  ['a directory', directory],
])('a file of %s', (_what, source) => {
  test.each([
    ['a.txt', 1],
    ['/a.txt', 1],
    ['./sub/../a.txt', 1],
    ['sub/a.txt', 2],
    ['.well-known/b', 4],
  ])('%s is opened', async (name, size) => {
    expect(await opened(source, name, 'allow')).toBe(size)
  })

  test.each([
    ['..', 403],
    ['../a.txt', 403],
    ['sub/../../a.txt', 403],
    ['a.txt\0', 400],
  ])('%j is refused with %p', async (name, status) => {
    expect(await opened(source, name)).toBe(status)
  })

  test.each(['a.txt/', 'sub/', '', '.'])('%j names a directory, which is missing', async (name) => {
    expect(await opened(source, name)).toBe('missing')
  })

  test.each<[DotfilePolicy, size: unknown]>([
    ['allow', 6],
    ['ignore', 404],
    ['deny', 403],
  ])('with the dotfiles policy %j, .env is %p', async (policy, size) => {
    expect(await opened(source, '.env', policy)).toBe(size)
  })
})

test('nothing is opened for a name that is refused', async () => {
  const open = jest.fn()
  for (const name of ['../a', 'a\0', '.env', 'a/']) await opened({ open }, name)
  expect(open).not.toHaveBeenCalled()
})

test('a source of the application is told of the request', async () => {
  const contexts: OpenContext[] = []
  const open = (_name: string, context: OpenContext) => void contexts.push(context)
  expect(await opened({ open }, 'a.txt')).toBe('missing')
  expect(contexts).toMatchObject([{ method: 'GET', signal: expect.any(AbortSignal) }])
})

test('references to one file that are opened at once share a descriptor', async () => {
  const open = jest.spyOn(fs, 'open')
  expect(await Promise.all([1, 2, 3].map(() => opened(directory, 'a.txt')))).toEqual([1, 1, 1])
  expect(open).toHaveBeenCalledTimes(1)
  open.mockRestore()
})

test('a directory is not told of it, so that it is not read', async () => {
  const requestOf = jest.fn()
  const reference = { source: directory, name: 'a.txt' }
  const result = await openReference(reference, 'ignore', requestOf)
  if (result.kind === 'file') result.file.close()
  expect(result).toMatchObject({ kind: 'file', file: { path: join(root, 'a.txt') } })
  expect(requestOf).not.toHaveBeenCalled()
})
