import { SlicingReader } from '../../../lib/body/decorators/slicing-reader.js'
import { nextRead, QueuedReader } from '../../support/queued-reader.js'

test('a buffer is split into slices, and the last slice of the last buffer is marked', async () => {
  const inner = new QueuedReader([null, Buffer.from('abcde')], [null, Buffer.from('fg'), true])
  const reader = new SlicingReader(inner, 2)
  const reads = []
  for (let times = 0; times < 4; times++) reads.push(await nextRead(reader))
  expect(reads).toEqual(['ab', 'cd', 'e', 'fg!'])
})

test('as much is read as is wanted, and then not again before all slices are', async () => {
  const inner = new QueuedReader([null, Buffer.from('abc')], [null, Buffer.from('d')])
  const reader = new SlicingReader(inner, 2)
  const reads = [await nextRead(reader, 1000), await nextRead(reader, 5), await nextRead(reader, 7)]
  expect(reads).toEqual(['ab', 'c', 'd'])
  expect(inner.sizeHints).toEqual([1000, 7])
})

test('a buffer is released with its last slice, and once', () => {
  const inner = new QueuedReader([null, Buffer.from('abc')])
  const reader = new SlicingReader(inner, 2)
  const slices: Uint8Array[] = []
  for (let times = 0; times < 2; times++) {
    reader.read(2, (_error, slice) => slices.push(slice ?? Buffer.alloc(0)))
  }
  const [first, second] = slices
  if (first === undefined || second === undefined) throw new Error('Two slices were expected')
  reader.release(first)
  expect(inner.released).toEqual([])
  reader.release(second)
  reader.release(second)
  expect(inner.released).toEqual(['abc'])
})

test('an error and the end are passed on', async () => {
  const failure = new Error('foo')
  const reader = new SlicingReader(new QueuedReader([failure], [null]), 2)
  expect([await nextRead(reader), await nextRead(reader)]).toEqual([failure, 'end'])
})
