import { CustomFile } from '../../../lib/source/custom/custom-file.js'
import { iterateChunks } from '../../../lib/source/read-window.js'

const chunks = () => [Buffer.from('content')]

test('what a source knows of a file is its metadata and stored headers', () => {
  const modified = new Date('2024-02-29T12:34:56.789Z')
  const file = new CustomFile('a/b.txt', {
    size: 7,
    modified,
    etag: 'W/"x"',
    type: 'text/css',
    contentEncoding: 'gzip',
    contentLanguage: 'en',
    contentDisposition: 'attachment',
    cacheControl: 'no-cache',
    chunks,
  })
  expect(file).toMatchObject({
    path: 'a/b.txt',
    size: 7,
    mtimeNs: BigInt(modified.getTime()) * 1_000_000n,
    ctimeNs: undefined,
    etag: 'W/"x"',
    type: 'text/css',
    headers: [
      ['Content-Encoding', 'gzip'],
      ['Content-Language', 'en'],
      ['Content-Disposition', 'attachment'],
      ['Cache-Control', 'no-cache'],
    ],
  })
  expect(file.stats()).toMatchObject({ size: 7, mtime: modified, mtimeMs: modified.getTime() })
  expect([file.stats().isFile(), file.stats().isDirectory()]).toEqual([true, false])
})

test('what it does not know is left out', () => {
  const file = new CustomFile('a', { chunks })
  expect(file).toMatchObject({ size: undefined, mtimeNs: undefined, etag: undefined, headers: [] })
  expect(file.stats()).toMatchObject({ size: 0, mtimeMs: 0 })
})

test('nothing is appended to a file that is followed', async () => {
  const parts: string[] = []
  const reader = new CustomFile('a', { size: 7, chunks }).follow(0)
  for await (const part of iterateChunks(reader, 64)) parts.push(part.toString())
  expect(parts).toEqual(['content'])
})

test.each<[what: string, close: () => Promise<void> | void]>([
  [
    'throws',
    () => {
      throw new Error('late')
    },
  ],
  ['rejects', () => Promise.reject(new Error('late'))],
])('a close that %s is called once and harms nobody', async (_what, close) => {
  let calls = 0
  const file = new CustomFile('a', {
    chunks,
    close: () => {
      calls++
      return close()
    },
  })
  file.close()
  await Promise.all([file.closeAndWait(), file.closeAndWait()])
  expect(calls).toBe(1)
})
