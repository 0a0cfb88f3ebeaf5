import { IterableBody, type Pullable } from '../../lib/source/iterable-body'
import type { ChunkReader } from '../../lib/source/source'

interface Read {
  readonly error: Error | null
  readonly block: string | undefined
  readonly last: boolean | undefined
}

function read(reader: ChunkReader): Promise<Read> {
  return new Promise((resolve) =>
    reader.read(1, (error, block, last) =>
      resolve({ error, block: block && Buffer.from(block).toString(), last }),
    ),
  )
}

const bodyOf = (iterator: Pullable) => new IterableBody(iterator)

test('gives one item at a time, and nothing more after the end', async () => {
  const body = bodyOf(['a', '', 'b'].values())
  expect(await read(body)).toEqual({ error: null, block: 'a', last: undefined })
  expect(await read(body)).toEqual({ error: null, block: 'b', last: undefined })
  expect(await read(body)).toEqual({ error: null, block: undefined, last: undefined })
  expect(await read(body)).toEqual({ error: null, block: undefined, last: undefined })
})

test('answers a sync iterator within the call', () => {
  const take = jest.fn()
  bodyOf(['a'].values()).read(1, take)
  expect(take).toHaveBeenCalledTimes(1)
})

test('does not look at an item before it is asked for', async () => {
  let pulled = 0
  const body = bodyOf({ next: () => ({ done: false, value: `${pulled++}` }) })
  expect(pulled).toBe(0)
  await read(body)
  expect(pulled).toBe(1)
})

test('takes a thenable for a promise', async () => {
  const step = Promise.resolve({ done: false, value: 'late' })
  const body = bodyOf({ next: () => step })
  expect((await read(body)).block).toBe('late')
})

test.each([undefined, null, 'text', 7])('next() that gives %p is an error', async (step) => {
  const { error } = await read(bodyOf({ next: () => step }))
  expect(error).toMatchObject({ status: 500, message: expect.stringContaining('no iterator') })
})

test('closing twice leaves the iterator once', async () => {
  const leave = jest.fn()
  const body = bodyOf({ next: () => new Promise(() => {}), return: leave })
  await Promise.all([body.close(), body.close()])
  await body.close()
  expect(leave).toHaveBeenCalledTimes(1)
})

test('closing waits for the iterator to be left', async () => {
  let cleanedUp = false
  async function* rows() {
    try {
      yield 'row'
      yield 'row'
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 20))
      cleanedUp = true
    }
  }
  const body = bodyOf(rows())
  await read(body)
  await body.close()
  expect(cleanedUp).toBe(true)
})

test('an iterator that cannot be left is waited for no longer than a second', async () => {
  jest.useFakeTimers({ doNotFake: ['performance'] })
  const body = bodyOf({ next: () => undefined, return: () => new Promise(() => {}) })
  let closed = false
  void body.close()?.then(() => {
    closed = true
  })
  await jest.advanceTimersByTimeAsync(999)
  expect(closed).toBe(false)
  await jest.advanceTimersByTimeAsync(1)
  expect(closed).toBe(true)
  jest.useRealTimers()
})

test('an iterator that ended, or threw, is not left', async () => {
  const leave = jest.fn()
  const ended = bodyOf({ next: () => ({ done: true }), return: leave })
  await read(ended)
  await ended.close()
  const threw = bodyOf({ next: () => Promise.reject(new Error('no')), return: leave })
  expect((await read(threw)).error?.message).toBe('no')
  await threw.close()
  expect(leave).not.toHaveBeenCalled()
})
