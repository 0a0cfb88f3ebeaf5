import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { iterationOf, returnIterator, settledInTime } from '../lib/iterators.js'

async function itemsOf(value: unknown): Promise<unknown[]> {
  const iterate = iterationOf(value)
  if (iterate === undefined) throw new Error('It cannot be iterated')
  const iterator = iterate()
  const items: unknown[] = []
  while (true) {
    const { done, value: item } = (await iterator.next()) as IteratorResult<unknown>
    if (done) return items
    items.push(item)
  }
}

async function* asynchronous() {
  yield* [1, 2]
}

test.each([
  ['an array', [1, 2]],
  ['a generator', [1, 2].values()],
  ['an async generator', asynchronous()],
  ['a Readable', Readable.from([1, 2])],
  ['a web stream', ReadableStream.from([1, 2])],
])('%s is iterated', async (_what, value) => {
  expect(await itemsOf(value)).toEqual([1, 2])
})

test.each([undefined, null, 7, {}, 'text', () => []])('%p is not iterated', (value) => {
  expect(iterationOf(value)).toBeUndefined()
})

test('nothing is done to a value before its iterator is asked for', () => {
  const readable = new Readable({ read() {} })
  const web = new ReadableStream()
  iterationOf(readable)
  iterationOf(web)
  expect(readable.listenerCount('error')).toBe(0)
  expect(web.locked).toBe(false)
})

test('a Readable that flows is paused, so that no byte is lost', () => {
  const readable = new Readable({ read() {} })
  readable.on('data', () => {})
  iterationOf(readable)?.()
  expect(readable.readableFlowing).toBe(false)
})

test('an error of a Readable that is not read does not crash the process', () => {
  const readable = new Readable({ read() {} })
  iterationOf(readable)?.()
  expect(() => EventEmitter.prototype.emit.call(readable, 'error', new Error('foo'))).not.toThrow()
})

test('ending the iteration of a Readable destroys it, and that of a web stream cancels it', async () => {
  const cancel = jest.fn()
  const readable = new Readable({ read() {} })
  const iterators = [readable, new ReadableStream({ cancel })].map((value) =>
    iterationOf(value)?.(),
  )
  for (const iterator of iterators) if (iterator !== undefined) await returnIterator(iterator)
  expect(readable.destroyed).toBe(true)
  expect(cancel).toHaveBeenCalledTimes(1)
})

describe('a stream of the package readable-stream', () => {
  const { Readable: Copy } = require('readable-stream') as { Readable: typeof Readable }

  test('is iterated', async () => {
    const copy = Copy.from([1, 2])
    expect(copy).not.toBeInstanceOf(Readable)
    expect(await itemsOf(copy)).toEqual([1, 2])
  })

  test('is destroyed where it was not read, and while a read is pending', async () => {
    for (const read of [false, true]) {
      const copy = new Copy({ read() {} })
      const iterator = iterationOf(copy)?.()
      if (iterator === undefined) throw new Error('It cannot be iterated')
      if (read) void Promise.resolve(iterator.next()).catch(() => {})
      await returnIterator(iterator)
      expect(copy.destroyed).toBe(true)
    }
  })

  test('does not crash the process by an error that comes before it is read', () => {
    const copy = new Copy({ read() {} })
    iterationOf(copy)?.()
    expect(() => EventEmitter.prototype.emit.call(copy, 'error', new Error('foo'))).not.toThrow()
  })
})

describe('what may never settle', () => {
  beforeEach(() => jest.useFakeTimers())
  afterEach(() => jest.useRealTimers())

  test('is waited for a second, and no longer', async () => {
    const settled = jest.fn()
    void settledInTime(() => new Promise(() => {})).then(settled)
    await jest.advanceTimersByTimeAsync(999)
    expect(settled).not.toHaveBeenCalled()
    await jest.advanceTimersByTimeAsync(1)
    expect(settled).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['returns', () => {}],
    ['resolves', async () => {}],
    [
      'throws',
      () => {
        throw new Error('foo')
      },
    ],
    ['rejects', () => Promise.reject(new Error('foo'))],
  ])('leaves no timer where it %s', async (_how, call) => {
    await settledInTime(call)
    expect(jest.getTimerCount()).toBe(0)
  })
})

test('an iterator without return() is ended', async () => {
  await expect(returnIterator({ next: () => ({}) })).resolves.toBeUndefined()
})
