import type { Stats } from 'node:fs'
import { NegotiatedFile } from '../../lib/source/negotiated-file.js'
import type { ChunkReader, OpenFile } from '../../lib/source/source.js'

const reader = {} as ChunkReader

function fileOf(path: string, size: number) {
  const stats = { size } as Stats
  const file = {
    path,
    size,
    mtimeNs: BigInt(size),
    ctimeNs: BigInt(size),
    stats: () => stats,
    body: jest.fn(() => reader),
    follow: jest.fn(() => reader),
    close: jest.fn(),
  }
  return { ...file, file: file satisfies OpenFile as OpenFile, stats }
}

test('the path and stat are those of the original, the rest is that of the selected file', () => {
  const original = fileOf('/srv/a.js', 100)
  const selected = fileOf('/srv/a.js.br', 10)
  const file = new NegotiatedFile(original.file, selected.file, 'br')
  expect(file).toMatchObject({ path: '/srv/a.js', size: 10, mtimeNs: 10n, ctimeNs: 10n })
  expect(file.stats()).toBe(original.stats)
  expect(file.negotiated).toEqual({ coding: 'br', original: original.file })
})

test.each(['body', 'follow'] as const)('the original is closed when %s reads the other', (read) => {
  const original = fileOf('/srv/a.js', 100)
  const selected = fileOf('/srv/a.js.br', 10)
  const file = new NegotiatedFile(original.file, selected.file, 'br')
  expect(read === 'body' ? file.body([], 1) : file.follow(0, {})).toBe(reader)
  expect(original.close).toHaveBeenCalledTimes(1)
  expect(selected.close).not.toHaveBeenCalled()
})

test('an original that was selected itself is closed once', () => {
  const original = fileOf('/srv/a.js', 100)
  const file = new NegotiatedFile(original.file, original.file, undefined)
  file.body([], 1)
  expect(original.close).not.toHaveBeenCalled()
  file.close()
  expect(original.close).toHaveBeenCalledTimes(1)
})
