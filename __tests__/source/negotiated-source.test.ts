import { NegotiatedFile } from '../../lib/source/negotiated-file.js'
import { NegotiatedSource } from '../../lib/source/negotiated-source.js'
import type { FileSource, OpenFile, OpenResult } from '../../lib/source/source.js'

/** Files by name, which are of the time 0 unless they have another. */
type Files = Readonly<Record<string, bigint | 'directory' | 'unreadable'>>

/** A source that notes what was opened, and which files are open. */
function sourceOf(files: Files) {
  const opened: string[] = []
  const open = new Set<string>()
  const fileAt = (name: string, mtimeNs: bigint): OpenFile => {
    open.add(name)
    const close = () => void open.delete(name)
    return { path: `/srv/${name}`, size: 1, mtimeNs, ctimeNs: mtimeNs, close } as OpenFile
  }
  const source: FileSource = {
    open: async (name): Promise<OpenResult> => {
      opened.push(name)
      const file = files[name]
      if (file === 'directory') return { kind: 'directory' }
      if (file === 'unreadable') return { kind: 'missing', error: new Error('EACCES') }
      return file === undefined ? { kind: 'missing' } : { kind: 'file', file: fileAt(name, file) }
    },
  }
  return { source, opened, open }
}

async function negotiated(files: Files, ...codings: ('br' | 'zstd' | 'gzip')[]) {
  const { source, opened, open } = sourceOf(files)
  const result = await new NegotiatedSource(source).open('a', undefined, codings)
  const file = result.kind === 'file' ? result.file : undefined
  return { result, file, coding: file?.negotiated?.coding, opened, open }
}

test('only the preferred sibling is opened together with the original, if it can be used', async () => {
  const { opened, coding } = await negotiated({ a: 0n, 'a.gz': 0n, 'a.br': 0n }, 'gzip', 'br')
  expect(coding).toBe('gzip')
  expect(opened).toEqual(['a', 'a.gz'])
})

test('all other accepted siblings are opened if not, and the best that can be used is selected', async () => {
  const files = { a: 1n, 'a.br': 0n, 'a.zst': 1n, 'a.gz': 1n }
  const { opened, coding, open, file } = await negotiated(files, 'br', 'gzip', 'zstd')
  expect(opened).toEqual(['a', 'a.br', 'a.gz', 'a.zst'])
  expect(coding).toBe('gzip')
  expect([...open]).toEqual(['a', 'a.gz'])
  file?.close()
  expect(open.size).toBe(0)
})

test('no sibling is opened if none is accepted', async () => {
  const { opened, file, coding } = await negotiated({ a: 0n, 'a.br': 0n })
  expect(opened).toEqual(['a'])
  expect(coding).toBeUndefined()
  expect(file).toBeInstanceOf(NegotiatedFile)
})

test.each<[string, Files]>([
  ['missing', { a: 0n }],
  ['older', { a: 1n, 'a.br': 0n }],
  ['a directory', { a: 0n, 'a.br': 'directory' }],
  ['unreadable', { a: 0n, 'a.br': 'unreadable' }],
])('the original is selected if its sibling is %s', async (_what, files) => {
  const { open, coding, file } = await negotiated(files, 'br')
  expect(coding).toBeUndefined()
  expect([...open]).toEqual(['a'])
  file?.close()
  expect(open.size).toBe(0)
})

test.each<[string, Files]>([
  ['missing', { 'a.br': 0n }],
  ['directory', { a: 'directory', 'a.br': 0n }],
])('without an original the result is that of its name: %s', async (kind, files) => {
  const { result, open, opened } = await negotiated(files, 'br', 'gzip')
  expect(result.kind).toBe(kind)
  expect(opened).toEqual(['a', 'a.br'])
  expect(open.size).toBe(0)
})

test('a sibling by its own name is not negotiated', async () => {
  const { source, opened } = sourceOf({ 'a.gz': 0n, 'a.gz.br': 0n })
  const result = await new NegotiatedSource(source).open('a.gz', undefined, ['br'])
  expect(opened).toEqual(['a.gz'])
  expect(result).toMatchObject({ kind: 'file', file: { path: '/srv/a.gz' } })
})
