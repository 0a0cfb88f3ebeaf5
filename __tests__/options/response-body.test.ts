import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { firstOf, memorySource } from '../../lib/index.js'
import { bodyKind, bodySize, resolveResponseBody } from '../../lib/options/response-body.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { textOf } from '../support/queued-reader.js'

const root = directoryOf({ 'a.txt': 'text' })
const path = join(root, 'a.txt')
const reference = memorySource({ 'a.txt': 'text' }).file('a.txt')
const req = {}

afterAll(removeDirectories)

/** Callers without TypeScript pass what they have. */
const resolved = (body: unknown) => resolveResponseBody(body as never, req)

test.each([path, pathToFileURL(path)])('%p is a path', (body) => {
  expect(resolved(body)).toEqual({ kind: 'path', path })
})

test('a string is a path even if nothing is there', () => {
  expect(resolved('no such file')).toEqual({ kind: 'path', path: 'no such file' })
})

test('a file of a source is not opened yet', () => {
  const open = jest.fn()
  const source = { open }
  expect(resolved({ source, name: 'a' })).toEqual({
    kind: 'source',
    reference: { source, name: 'a' },
  })
  expect(open).not.toHaveBeenCalled()
})

test.each<[what: string, body: unknown]>([
  ['an empty path', ''],
  ['a URL of another scheme', new URL('https://example.com/a')],
  ['a source without a name', { source: reference.source }],
  ['a name that is no string', { source: reference.source, name: 5 }],
  ['a name without a source', { name: 'a' }],
  ['a name of what is no source', { source: {}, name: 'a' }],
  ['null', null],
  ['a number', 5],
])('%s is a TypeError', (_what, body) => {
  expect(() => resolved(body)).toThrow(/^streamResponse: body must be a path, .* not /)
})

test('an iterable with a source and a name that are not of a file is a stream', async () => {
  const rows = Object.assign(['a', 'b'], { source: 'table', name: 'rows' })
  const body = resolved(rows)
  expect(body.kind === 'stream' && (await textOf(body.stream.open()))).toBe('ab')
})

test('a function is called at the first read, with the request', async () => {
  const make = jest.fn(() => ['made'])
  const body = resolved(make)
  if (body.kind !== 'stream') throw new Error('It is no stream')
  expect(make).not.toHaveBeenCalled()
  expect(await textOf(body.stream.open())).toBe('made')
  expect(make.mock.calls).toEqual([[{ req, signal: expect.any(AbortSignal) }]])
})

test.each<[what: string, body: unknown, kind: string, size: number | undefined]>([
  ['a path', path, 'path', undefined],
  ['a file of a source', { source: { open() {} }, name: 'a' }, 'source', undefined],
  ['a file in memory', reference, 'off-disk', undefined],
  ['a file of several sources', firstOf(reference.source, root).file('a'), 'source', undefined],
  ['a file of firstOf of memory', firstOf(reference.source).file('a'), 'off-disk', undefined],
  ['bytes', Buffer.from('four'), 'bytes', 4],
  ['no bytes', Buffer.alloc(0), 'bytes', 0],
  ['a Blob', new Blob(['four']), 'sized', 4],
  ['an empty Blob', new Blob([]), 'sized', 0],
  ['an iterable', ['four'], 'stream', undefined],
  ['a function', () => Buffer.from('four'), 'stream', undefined],
])('the options of %s are those of its kind', (_what, body, kind, size) => {
  const content = resolved(body)
  expect([bodyKind(content), bodySize(content)]).toEqual([kind, size])
})

test('the options of a FileHandle are those of its kind', async () => {
  const handle = await open(path)
  try {
    const content = resolved(handle)
    expect(content).toEqual({ kind: 'handle', handle })
    expect([bodyKind(content), bodySize(content)]).toEqual(['handle', undefined])
  } finally {
    await handle.close()
  }
})
