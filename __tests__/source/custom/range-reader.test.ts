import fc from 'fast-check'
import { PooledBuffers, unpooledBuffers } from '../../../lib/source/buffer-pool.js'
import { RangeReader, type RangeReaderOptions } from '../../../lib/source/custom/range-reader.js'
import { patternOf } from '../../support/files.js'

interface Given {
  readonly pieces: Iterable<unknown>
  readonly length: number
  readonly chunkSize?: number
  readonly sizeHint?: number
  readonly pool?: RangeReaderOptions['pool']
}

function readerOf({ pieces, length, chunkSize = 4, pool = new PooledBuffers() }: Given) {
  return new RangeReader(pieces[Symbol.iterator](), { length, chunkSize, pool })
}

/** The sizes of the buffers, and all of their bytes. */
async function readAll(given: Given): Promise<{ sizes: number[]; bytes: Buffer }> {
  const reader = readerOf(given)
  const buffers: Buffer[] = []
  while (!reader.ended) {
    const buffer = await reader.next(given.sizeHint ?? 4)
    if (buffer !== undefined) buffers.push(Buffer.from(buffer))
  }
  return { sizes: buffers.map(({ length }) => length), bytes: Buffer.concat(buffers) }
}

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let position = 0
  for (const size of sizes) {
    pieces.push(bytes.subarray(position, position + size))
    position += size
  }
  return [...pieces, bytes.subarray(position)]
}

test.each<[pieces: number[], length: number, sizes: number[]]>([
  [[10], 10, [4, 4, 2]],
  [[1, 1, 1, 1, 1], 5, [4, 1]],
  [[3, 3, 3], 9, [4, 4, 1]],
  [[4, 4], 8, [4, 4]],
  [[0, 5, 0, 0, 3], 8, [4, 4]],
  [[8, 1], 9, [4, 4, 1]],
  [[], 0, []],
])('pieces of %j are regrouped into %j bytes as chunks of %j', async (pieces, length, sizes) => {
  const bytes = patternOf(length)
  const read = await readAll({ pieces: split(bytes, pieces), length })
  expect(read.sizes).toEqual(sizes)
  expect(read.bytes.equals(bytes)).toBe(true)
})

test('a buffer has as many whole chunks as the hint and the piece allow', async () => {
  const bytes = patternOf(30)
  const { sizes } = await readAll({ pieces: [bytes], length: 30, sizeHint: 13 })
  expect(sizes).toEqual([12, 12, 6])
})

test('any pieces are regrouped into the same bytes, in whole chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(40), { maxLength: 12 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 200 }),
      fc.boolean(),
      async (sizes, chunkSize, sizeHint, known) => {
        const total = sizes.reduce((sum, size) => sum + size, 0)
        const bytes = patternOf(total)
        const length = known ? total : Number.POSITIVE_INFINITY
        const pieces = split(bytes, sizes)
        const read = await readAll({ pieces, length, chunkSize, sizeHint, pool: unpooledBuffers })
        expect(read.bytes.equals(bytes)).toBe(true)
        for (const size of read.sizes.slice(0, -1)) expect(size % chunkSize).toBe(0)
        for (const size of read.sizes)
          expect(size).toBeLessThanOrEqual(Math.max(sizeHint, chunkSize))
      },
    ),
  )
})

test('bytes of the source are not copied where they are only read, and copied where they may be kept', async () => {
  const bytes = patternOf(8)
  const shared = await readerOf({ pieces: [bytes], length: 8 }).next(8)
  expect(shared?.buffer).toBe(bytes.buffer)
  const kept = await readerOf({ pieces: [bytes], length: 8, pool: unpooledBuffers }).next(8)
  expect(kept?.buffer).not.toBe(bytes.buffer)
})

test.each<[what: string, pieces: Buffer[], message: string]>([
  ['fewer bytes', [Buffer.alloc(9)], 'The source gave only 9 of 10 bytes'],
  ['more bytes in the last piece', [Buffer.alloc(11)], 'The source gave more of 10 bytes'],
  ['another piece', [Buffer.alloc(10), Buffer.alloc(1)], 'The source gave more of 10 bytes'],
])(
  '%s than the range has fail before the last of them is delivered',
  async (_what, pieces, message) => {
    const reader = readerOf({ pieces, length: 10, chunkSize: 20 })
    await expect(reader.next(20)).rejects.toMatchObject({
      status: 500,
      code: 'ERR_SOURCE_LENGTH_MISMATCH',
      message,
    })
  },
)

test.each([['text'], [[1, 2]], [undefined], [new ArrayBuffer(1)]])(
  'a piece that is %p is a TypeError',
  async (piece) => {
    await expect(readerOf({ pieces: [piece], length: 1 }).next(4)).rejects.toThrow(
      new TypeError('chunks() of a source must yield Uint8Arrays'),
    )
  },
)

test('an iterator that is closed early is returned once; one that ended or threw is not', async () => {
  const returned: string[] = []
  const iteratorOf = (name: string, next: () => unknown) => ({
    next,
    return: () => returned.push(name),
  })
  const options = { length: 5, chunkSize: 4, pool: unpooledBuffers }
  const early = new RangeReader(
    iteratorOf('early', () => ({ value: Buffer.alloc(4) })),
    options,
  )
  await early.next(4)
  await early.close()
  await early.close()
  const failed = new RangeReader(
    iteratorOf('failed', () => Promise.reject(new Error('gone'))),
    options,
  )
  await expect(failed.next(4)).rejects.toThrow('gone')
  await failed.close()
  const ended = new RangeReader(
    // ECMAScript takes any value that is true for the end.
    iteratorOf('ended', () => ({ done: 1, value: Buffer.alloc(4) })),
    { ...options, length: 0 },
  )
  await ended.next(4)
  await ended.close()
  expect(returned).toEqual(['early'])
})

test('a next() that returns no object is a TypeError', async () => {
  const reader = new RangeReader(
    { next: () => 5 },
    { length: 5, chunkSize: 4, pool: unpooledBuffers },
  )
  await expect(reader.next(4)).rejects.toThrow('chunks() of a source must return an iterable')
})

test('a source that gives nothing in time is a 504', async () => {
  const iterator = { next: () => new Promise(() => {}) }
  const options = { length: 5, chunkSize: 4, pool: unpooledBuffers, stallTimeout: 1 }
  await expect(new RangeReader(iterator, options).next(4)).rejects.toMatchObject({
    status: 504,
    code: 'ERR_SOURCE_TIMEOUT',
  })
})
