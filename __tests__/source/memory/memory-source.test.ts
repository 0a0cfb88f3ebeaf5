import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { MemorySource, memoryEntries } from '../../../lib/source/memory/memory-source.js'
import { eventually } from '../../support/eventually.js'

function chunksOf(source: MemorySource, name: string, start: number, end: number) {
  const { signal } = new AbortController()
  const chunks = source.open(name)?.chunks({ start, end, signal })
  return chunks === undefined ? undefined : [...(chunks as Iterable<Uint8Array>)]
}

/** All bytes of a file, which are the ones that the source has. */
function bytesOf(source: MemorySource, name: string): Uint8Array {
  const [bytes] = chunksOf(source, name, 0, 999_999) ?? []
  if (bytes === undefined) throw new Error('There is no file')
  return bytes
}

/** A file as text, from `start` to `end`. */
function read(source: MemorySource, name: string, start = 0, end = 99): string | undefined {
  const chunks = chunksOf(source, name, start, end)
  return chunks && Buffer.concat(chunks).toString()
}

test.each([
  ['an object', (files: Record<string, string>) => files],
  ['a Map', (files: Record<string, string>) => new Map(Object.entries(files))],
])('files are looked up in %s', (_what, make) => {
  const source = new MemorySource(make({ 'a.txt': 'text', get: 'a file' }))
  expect(read(source, 'a.txt')).toBe('text')
  expect(read(source, 'get')).toBe('a file')
  for (const name of ['none', 'constructor', '__proto__', 'has', '']) {
    expect(read(source, name)).toBeUndefined()
  }
})

test('a string is UTF-8, and its size is in bytes', () => {
  const source = new MemorySource({ a: 'été' })
  expect(source.open('a')).toMatchObject({ size: 5 })
  expect(read(source, 'a')).toBe('été')
})

test('a part is what is asked for, both ends included', () => {
  const source = new MemorySource({ a: 'abcdef' })
  expect(read(source, 'a', 1, 3)).toBe('bcd')
  expect(read(source, 'a', 5)).toBe('f')
})

test('bytes are not copied', () => {
  const bytes = Buffer.from('abcdef')
  const [chunk] = chunksOf(new MemorySource({ a: bytes }), 'a', 1, 2) ?? []
  expect([chunk?.buffer, chunk?.byteOffset]).toEqual([bytes.buffer, bytes.byteOffset + 1])
})

describe('the entity tag', () => {
  const etagOf = (source: MemorySource, name = 'a') => source.open(name)?.etag

  test('is that of the content, in every process', () => {
    // SHA-256 of "abc" is the first test vector of FIPS 180-4.
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    const etag = `"${Buffer.from(digest, 'hex').toString('base64url')}"`
    expect(etagOf(new MemorySource({ a: 'abc' }))).toBe(etag)
    expect(etagOf(new MemorySource({ a: Buffer.from('abc') }))).toBe(etag)
  })

  test('changes with the content', () => {
    const files = new Map([['a', 'one']])
    const source = new MemorySource(files)
    const first = etagOf(source)
    files.set('a', 'two')
    expect(etagOf(source)).not.toBe(first)
    expect(read(source, 'a')).toBe('two')
    files.set('a', 'one')
    expect(etagOf(source)).toBe(first)
  })

  test('is computed once for each content', () => {
    const bytes = Buffer.from('abc')
    const source = new MemorySource({ a: bytes, b: 'abc' })
    const first = [etagOf(source), etagOf(source, 'b')]
    // A content must be replaced, and not modified: it is not hashed again.
    bytes.write('x')
    expect([etagOf(source), etagOf(source, 'b')]).toEqual(first)
    expect(first[0]).toBe(first[1])
  })
})

test('a file that was deleted is missing', () => {
  const files = new Map([['a', 'abc']])
  const source = new MemorySource(files)
  expect(source.open('a')).toBeDefined()
  files.delete('a')
  expect(source.open('a')).toBeUndefined()
})

test.each([
  ['bytes', () => Buffer.alloc(100_000)],
  ['a text', () => 'x'.repeat(100_000)],
])(
  '%s of a file that was deleted is not kept, though its name is not requested again',
  async (_what, content) => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const files = new Map<string, Buffer | string>([['a', content()]])
    const source = new MemorySource(files)
    // More than half of what Buffer pools, in every version of Node.js.
    const sent = new WeakRef(bytesOf(source, 'a').buffer)
    files.delete('a')
    files.set('b', 'short')
    bytesOf(source, 'b')
    await eventually(() => {
      collect()
      return sent.deref() === undefined
    })
  },
)

test('the texts of other files are still encoded only once', () => {
  const files = new Map([...'abcd'].map((name) => [name, name.repeat(100_000)]))
  const source = new MemorySource(files)
  const first = bytesOf(source, 'a').buffer
  for (const name of 'bcd') bytesOf(source, name)
  files.delete('d')
  files.set('e', 'e')
  bytesOf(source, 'e')
  expect(bytesOf(source, 'a').buffer).toBe(first)
})

test('a reference names a file of the source', () => {
  const source = new MemorySource({})
  expect(source.file('a')).toEqual({ source, name: 'a' })
})

test.each([
  ['an object', { a: 'x', b: 'y' }],
  ['a Map', new Map(Object.entries({ a: 'x', b: 'y' }))],
  ['an object with a file named get', { a: 'x', b: 'y', get: 'z' }],
])('the entries of %s are its names and contents', (_what, files) => {
  expect([...memoryEntries(files)].slice(0, 2)).toEqual([
    ['a', 'x'],
    ['b', 'y'],
  ])
})
