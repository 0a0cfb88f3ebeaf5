import { IterableBody } from '../../../lib/source/iterable-body'
import { Flushed, isFlushable } from '../../../lib/wire/readers/flushed'
import type { Response } from '../../../lib/wire/response'

type Flushable = ConstructorParameters<typeof Flushed>[1]

/** A response as far as a flush asks for it. */
function flushable(state: { destroyed?: boolean; writableEnded?: boolean } = {}) {
  const flush = jest.fn()
  return { flush, res: { ...state, flush } as unknown as Flushable }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('items of one turn of the event loop are flushed once, those of another once more', async () => {
  const { flush, res } = flushable()
  const reader = new Flushed(new IterableBody(['a', 'b', 'c', 'd'].values()), res)
  for (const count of [1, 2]) {
    reader.read(1, () => {})
    reader.read(1, () => {})
    expect(flush).toHaveBeenCalledTimes(count - 1)
    await turn()
    expect(flush).toHaveBeenCalledTimes(count)
  }
})

test('the end is flushed by whoever ends the response', async () => {
  const { flush, res } = flushable()
  new Flushed(new IterableBody([].values()), res).read(1, () => {})
  await turn()
  expect(flush).not.toHaveBeenCalled()
})

test.each([{ destroyed: true }, { writableEnded: true }])(
  'a response that is over is not flushed: %j',
  async (state) => {
    const { flush, res } = flushable(state)
    new Flushed(new IterableBody(['a'].values()), res).read(1, () => {})
    await turn()
    expect(flush).not.toHaveBeenCalled()
  },
)

test('only a response with a flush of its own can be flushed', () => {
  expect(isFlushable(flushable().res)).toBe(true)
  expect(isFlushable({} as Response)).toBe(false)
})
