import { TransformReader } from '../../lib/body/transform-reader.js'
import { unpooledBuffers } from '../../lib/source/buffer-pool.js'
import { MemoryReader } from '../../lib/source/memory/memory-reader.js'
import type { OpenFile } from '../../lib/source/source.js'
import { nextRead } from '../support/queued-reader.js'

/** A file in memory that counts how often it is closed. */
function fileOf(text: string) {
  const file = {
    size: text.length,
    closed: 0,
    body: (segments: Parameters<OpenFile['body']>[0], chunkSize: number) => {
      const reader = new MemoryReader(Buffer.from(text), segments, chunkSize, unpooledBuffers)
      reader.close = () => {
        file.closed++
      }
      return reader
    },
  }
  return file as typeof file & OpenFile
}

async function* shout(chunks: AsyncIterable<Buffer>) {
  for await (const chunk of chunks) yield String(chunk).toUpperCase()
}

async function rest(reader: TransformReader): Promise<unknown[]> {
  const reads = [await nextRead(reader)]
  while (reads.at(-1) !== 'end' && !(reads.at(-1) instanceof Error)) {
    reads.push(await nextRead(reader))
  }
  return reads
}

test('the items that a transform yields are read one by one', async () => {
  const file = fileOf('abcde')
  const reader = new TransformReader(file, { start: 0 }, 2, shout)
  expect(await rest(reader)).toEqual(['AB', 'CD', 'E', 'end'])
})

test('a transform gets the window alone', async () => {
  const reader = new TransformReader(fileOf('abcde'), { start: 1, end: 3 }, 10, shout)
  expect(await rest(reader)).toEqual(['BCD', 'end'])
})

test('a transform that does not read the file has it closed all the same', async () => {
  const file = fileOf('abcde')
  const reader = new TransformReader(file, { start: 0 }, 2, () => ['x'])
  expect(await rest(reader)).toEqual(['x', 'end'])
  await reader.close()
  expect(file.closed).toBe(1)
})

test('closing in the middle ends the transform first, and then the file', async () => {
  const file = fileOf('abcde')
  const order: string[] = []
  async function* watched(chunks: AsyncIterable<Buffer>) {
    try {
      yield* chunks
    } finally {
      order.push(`transform, file closed ${file.closed} times`)
    }
  }
  const reader = new TransformReader(file, { start: 0 }, 2, watched)
  expect(await nextRead(reader)).toBe('ab')
  await reader.close()
  expect(order).toEqual(['transform, file closed 1 times'])
  expect(file.closed).toBeGreaterThanOrEqual(1)
})

test.each([
  [
    'throws',
    () => {
      throw Object.assign(new Error('foo'), { status: 418 })
    },
    418,
  ],
  ['returns nothing', () => undefined, 500],
  ['returns a number', () => 7, 500],
])('a transform that %s is an error at construction', (_what, transform, status) => {
  expect(() => new TransformReader(fileOf('a'), { start: 0 }, 2, transform)).toThrow(
    expect.objectContaining({ status }),
  )
})

test('a transform that returns a promise is an error, and a rejection does not end the process', async () => {
  const transform = () => Promise.reject(new Error('foo'))
  expect(() => new TransformReader(fileOf('a'), { start: 0 }, 2, transform)).toThrow(
    'A transform must return an iterable or a stream, no promise: async function*',
  )
  await new Promise(setImmediate)
})

test('a transform that fails in the middle fails the read', async () => {
  const reader = new TransformReader(fileOf('abc'), { start: 0 }, 2, async function* (chunks) {
    for await (const chunk of chunks) {
      yield chunk
      throw new Error('foo')
    }
  })
  expect(await rest(reader)).toEqual(['ab', expect.objectContaining({ message: 'foo' })])
})

test('a read that fails because the file was closed is an end, and no error, to the transform', async () => {
  let fail: (error: Error) => void = () => {}
  const file = fileOf('abcde')
  const { body } = file
  file.body = (segments, chunkSize) => {
    const reader = body(segments, chunkSize)
    reader.read = (_sizeHint, callback) => {
      fail = callback
    }
    return reader
  }
  let copied: AsyncIterator<Buffer> | undefined
  const reader = new TransformReader(file, { start: 0 }, 2, (chunks) => {
    copied = chunks
    return ['x']
  })
  const pending = copied?.next()
  await reader.close()
  fail(new Error('The file was closed'))
  expect(await pending).toEqual({ done: true, value: undefined })
})
