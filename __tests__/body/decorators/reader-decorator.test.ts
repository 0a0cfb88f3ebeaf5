import { EmptyReader, FirstErrorReader } from '../../../lib/body/decorators/reader-decorator.js'
import { nextRead, QueuedReader } from '../../support/queued-reader.js'

const failure = new Error('foo')

test('an empty reader reads nothing of the body, and closes it', async () => {
  const inner = new QueuedReader([failure])
  const reader = new EmptyReader(inner)
  expect(await nextRead(reader)).toBe('end')
  reader.close()
  expect([inner.sizeHints, inner.closed]).toEqual([[], 1])
})

test('a first-error reader delivers nothing of a body that can be read', async () => {
  expect(await nextRead(new FirstErrorReader(new QueuedReader([null, Buffer.from('a')])))).toBe(
    'end',
  )
})

test('a first-error reader fails where the first read fails', async () => {
  expect(await nextRead(new FirstErrorReader(new QueuedReader([failure])))).toBe(failure)
})

test('a decorator passes released buffers on', () => {
  const inner = new QueuedReader()
  new EmptyReader(inner).release(Buffer.from('a'))
  expect(inner.released).toEqual(['a'])
})
