import { ExactLengthReader } from '../../../lib/body/decorators/exact-length-reader.js'
import { IterableReader } from '../../../lib/body/iterable-reader.js'

interface Taken {
  readonly buffers: readonly string[]
  readonly error?: unknown
}

/** Reads to the end, or to the first error. */
async function callback(items: Iterable<string> | AsyncIterable<string>, expected: number) {
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const reader = new ExactLengthReader(new IterableReader(iterator), expected)
  const buffers: string[] = []
  return new Promise<Taken>((resolve) => {
    const read = () =>
      reader.read(1, (error, buffer, last = false) => {
        if (error !== null) return resolve({ buffers, error })
        if (buffer !== undefined) buffers.push(String(buffer))
        if (buffer === undefined || last) resolve({ buffers })
        else read()
      })
    read()
  })
}

async function* slowly(items: readonly string[]) {
  for (const item of items) {
    await null
    yield item
  }
}

const MISMATCH = { code: 'ERR_CONTENT_LENGTH_MISMATCH', status: 500, expose: false }

describe.each([
  ['items that are there', (items: readonly string[]) => items],
  ['items that have to be waited for', slowly],
])('of %s', (_which, bodyOf) => {
  test.each([
    [[], 0],
    [['', ''], 0],
    [['abc'], 3],
    [['ab', '', 'c', ''], 3],
    [['ab', 'c', 'def'], 6],
  ])('%j with %s bytes passes', async (items, expected) => {
    const { buffers, error } = await callback(bodyOf(items), expected)
    expect(error).toBeUndefined()
    expect(buffers).toEqual(items.filter((item) => item !== ''))
  })

  test.each([
    [['abc'], 4, ['abc'], 'The body has only 3 bytes, but its contentLength is 4'],
    [[], 1, [], 'The body has only 0 bytes, but its contentLength is 1'],
    [['ab', 'c'], 2, [], 'The body has at least 3 bytes, but its contentLength is 2'],
    [['ab', 'cd'], 3, ['ab'], 'The body has at least 4 bytes, but its contentLength is 3'],
    [['a'], 0, [], 'The body has at least 1 bytes, but its contentLength is 0'],
    [['a', 'b', 'c'], 2, ['a'], 'The body has at least 3 bytes, but its contentLength is 2'],
  ])('%j with %s bytes fails after %j', async (items, expected, before, message) => {
    const { buffers, error } = await callback(bodyOf(items), expected)
    expect(buffers).toEqual(before)
    expect(error).toMatchObject({ ...MISMATCH, message })
  })
})

test('an error after the last expected byte is reported as it is', async () => {
  function* failing() {
    yield 'abc'
    throw new Error('no end')
  }
  const { buffers, error } = await callback(failing(), 3)
  expect(buffers).toEqual([])
  expect(error).toMatchObject({ message: 'no end' })
})

test('the error reveals nothing about the machine', async () => {
  const { error } = await callback([], 1)
  expect(error).toHaveProperty('stack', expect.not.stringContaining(__dirname.slice(0, 5)))
})
