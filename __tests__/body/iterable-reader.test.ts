import { setImmediate as turn } from 'node:timers/promises'
import { IterableReader } from '../../lib/body/iterable-reader.js'
import type { IteratorLike } from '../../lib/iterators.js'
import type { ChunkReader } from '../../lib/source/source.js'
import { eventually } from '../support/eventually.js'

interface Read {
  readonly error: Error | null
  readonly buffer: string | undefined
  readonly last: boolean | undefined
}

function read(reader: ChunkReader): Promise<Read> {
  return new Promise((resolve) =>
    reader.read(1, (error, buffer, last) =>
      resolve({ error, buffer: buffer && Buffer.from(buffer).toString(), last }),
    ),
  )
}

const bodyOf = (iterator: IteratorLike) => new IterableReader(iterator)

test('reads one item at a time, and nothing after the end', async () => {
  const body = bodyOf(['a', '', 'b'].values())
  expect(await read(body)).toEqual({ error: null, buffer: 'a', last: undefined })
  expect(await read(body)).toEqual({ error: null, buffer: 'b', last: undefined })
  expect(await read(body)).toEqual({ error: null, buffer: undefined, last: undefined })
  expect(await read(body)).toEqual({ error: null, buffer: undefined, last: undefined })
})

test('reads a sync iterator synchronously', () => {
  const callback = jest.fn()
  bodyOf(['a'].values()).read(1, callback)
  expect(callback).toHaveBeenCalledTimes(1)
})

test('pulls no item before it is read', async () => {
  let pulled = 0
  const body = bodyOf({ next: () => ({ done: false, value: `${pulled++}` }) })
  expect(pulled).toBe(0)
  await read(body)
  expect(pulled).toBe(1)
})

test('awaits a thenable', async () => {
  const step = Promise.resolve({ done: false, value: 'late' })
  const body = bodyOf({ next: () => step })
  expect((await read(body)).buffer).toBe('late')
})

test.each([undefined, null, 'text', 7])('a next() that returns %p is an error', async (step) => {
  const { error } = await read(bodyOf({ next: () => step }))
  expect(error).toMatchObject({ status: 500, message: expect.stringContaining('not an iterator') })
})

test('a value that is true ends the iteration, as in ECMAScript', async () => {
  expect(await read(bodyOf({ next: () => ({ done: 1, value: 'a' }) }))).toMatchObject({
    error: null,
    buffer: undefined,
  })
})

test('a thenable that settles twice gives one item', async () => {
  const callback = jest.fn()
  const next = () => ({
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested
    then(fulfil: (result: unknown) => void) {
      fulfil({ done: false, value: 'a' })
      fulfil({ done: false, value: 'b' })
    },
  })
  bodyOf({ next }).read(1, callback)
  await eventually(() => callback.mock.calls.length > 0)
  await turn()
  expect(callback.mock.calls).toEqual([[null, Buffer.from('a')]])
})

const refuse = () => {
  throw new Error('unreadable')
}

test.each<[what: string, result: () => unknown]>([
  ['`done` cannot be read', () => Object.defineProperty({}, 'done', { get: refuse })],
  ['`value` cannot be read', () => Object.defineProperty({}, 'value', { get: refuse })],
  ['`then` cannot be read', () => Object.defineProperty({}, 'then', { get: refuse })],
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  ['`then` throws', () => ({ then: refuse })],
  [
    '`done` of a promised result cannot be read',
    () => Promise.resolve(Object.defineProperty({}, 'done', { get: refuse })),
  ],
  ['it is a Proxy', () => new Proxy({}, { get: refuse, has: refuse })],
])('a result of which %s is an error', async (_what, result) => {
  const { error } = await read(bodyOf({ next: result }))
  expect(error).toMatchObject({ status: 500, message: 'unreadable' })
})

test('closing twice calls return() once', async () => {
  const disconnected = jest.fn()
  const body = bodyOf({ next: () => new Promise(() => {}), return: disconnected })
  await Promise.all([body.close(), body.close()])
  await body.close()
  expect(disconnected).toHaveBeenCalledTimes(1)
})

test('closing waits for return()', async () => {
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

test('closing waits a second at most for return()', async () => {
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

test('return() is not called on an iterator that ended or threw', async () => {
  const disconnected = jest.fn()
  const ended = bodyOf({ next: () => ({ done: true }), return: disconnected })
  await read(ended)
  await ended.close()
  const threw = bodyOf({ next: () => Promise.reject(new Error('no')), return: disconnected })
  expect((await read(threw)).error?.message).toBe('no')
  await threw.close()
  expect(disconnected).not.toHaveBeenCalled()
})

test('a generator that is closed while it runs is returned after it has yielded', async () => {
  let closed: Promise<void> | undefined
  let returned = false
  function* items() {
    try {
      yield 'a'
      closed = body.close()
      yield 'b'
    } finally {
      returned = true
    }
  }
  const body = bodyOf(items())
  expect((await read(body)).buffer).toBe('a')
  body.read(1, () => {})
  await closed
  expect(returned).toBe(true)
})
