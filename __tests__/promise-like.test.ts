import { isPromiseLike, whenReady } from '../lib/promise-like.js'

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
