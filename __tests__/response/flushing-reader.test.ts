import { FlushingReader, isFlushable } from '../../lib/response/flushing-reader.js'
import type { ResponseLike } from '../../lib/response/response-like.js'
import { PooledBuffers } from '../../lib/source/buffer-pool.js'
import { MemoryReader } from '../../lib/source/memory/memory-reader.js'

type Flushable = ConstructorParameters<typeof FlushingReader>[1]

/** A response as far as a flush asks for it. */
function flushable(state: { destroyed?: boolean; writableEnded?: boolean } = {}) {
  const flush = jest.fn()
  return { flush, res: { ...state, flush } as unknown as Flushable }
}

/** A body that gives every character at once, however busy the machine is. */
function characters(text: string): MemoryReader {
  const segments = text === '' ? [] : [{ start: 0, end: text.length - 1 }]
  return new MemoryReader(Buffer.from(text), segments, 1, new PooledBuffers())
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('items of one turn of the event loop are flushed once, those of another once more', async () => {
  const { flush, res } = flushable()
  const reader = new FlushingReader(characters('abcd'), res)
  for (const count of [1, 2]) {
    reader.read(1, () => {})
    reader.read(1, () => {})
    expect(flush).toHaveBeenCalledTimes(count - 1)
    await turn()
    expect(flush).toHaveBeenCalledTimes(count)
  }
})

test('the end of the response flushes the last items', async () => {
  const { flush, res } = flushable()
  new FlushingReader(characters(''), res).read(1, () => {})
  await turn()
  expect(flush).not.toHaveBeenCalled()
})

test.each([{ destroyed: true }, { writableEnded: true }])(
  'a response that is over is not flushed: %j',
  async (state) => {
    const { flush, res } = flushable(state)
    new FlushingReader(characters('a'), res).read(1, () => {})
    await turn()
    expect(flush).not.toHaveBeenCalled()
  },
)

test('only a response with a flush of its own can be flushed', () => {
  expect(isFlushable(flushable().res)).toBe(true)
  expect(isFlushable({} as ResponseLike)).toBe(false)
})
