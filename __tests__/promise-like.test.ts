import { isPromiseLike, promiseTry, whenReady } from '../lib/promise-like.js'

// biome-ignore lint/suspicious/noThenProperty: a promise of another library is meant
const thenable = { then: (resolve: (value: string) => void) => resolve('value') }

test.each([
  [Promise.resolve(), true],
  [thenable, true],
  [undefined, false],
  [null, false],
  ['then', false],
  [{}, false],
  // biome-ignore lint/suspicious/noThenProperty: something that only looks like a promise is meant
  [{ then: 'later' }, false],
])('%p can be awaited: %p', (value, awaited) => {
  expect(isPromiseLike(value)).toBe(awaited)
})

test('a plain value is passed on synchronously', () => {
  expect(whenReady('value', (value) => [value])).toEqual(['value'])
})

test.each([[Promise.resolve('value')], [thenable]])('%p is awaited', async (promise) => {
  const result = whenReady(promise, (value) => [value])
  expect(result).toBeInstanceOf(Promise)
  expect(await result).toEqual(['value'])
})

test.each([
  ['a value', () => 'value'],
  ['a promise', () => Promise.resolve('value')],
])('a function that returns %s gives a promise of it', async (_what, call) => {
  const promise = promiseTry(call)
  expect(promise).toBeInstanceOf(Promise)
  expect(await promise).toBe('value')
})

test.each([
  [
    'throws',
    () => {
      throw new Error('foo')
    },
  ],
  ['rejects', () => Promise.reject(new Error('foo'))],
])('a function that %s rejects the promise', async (_how, call) => {
  await expect(promiseTry(call)).rejects.toThrow('foo')
})
