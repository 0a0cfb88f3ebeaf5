import { Readable } from 'node:stream'
import type { ItemEncoder } from '../../lib/body/item-encoder.js'
import { valueBody } from '../../lib/body/value-body.js'
import { textOf } from '../support/queued-reader.js'

const encoder: ItemEncoder = {
  encode: (item) => Buffer.from(`<${item}>`),
  end: () => Buffer.from('.'),
}

const bodyOf = (values: unknown) =>
  valueBody(values, { argument: 'call: values', context: { extra: 1 }, encoder })

const encoded = (values: unknown) => textOf(bodyOf(values).open())

async function* asynchronous() {
  yield* [1, 2]
}

test.each([
  ['an array', [1, 2]],
  ['a set', new Set([1, 2])],
  ['a generator', asynchronous()],
  ['a Readable', Readable.from([1, 2])],
  ['a web stream', ReadableStream.from([1, 2])],
  ['a function', () => [1, 2]],
  ['an async function', async () => asynchronous()],
])('the values of %s are encoded one by one', async (_what, values) => {
  expect(await encoded(values)).toBe('<1><2>.')
})

test('a function gets the context and a signal', async () => {
  const values = jest.fn(() => [])
  await encoded(values)
  expect(values).toHaveBeenCalledWith({ extra: 1, signal: expect.any(AbortSignal) })
})

test.each([
  ['a string', 'ab', /not a string; iterate it yourself/],
  ['a promise', Promise.resolve([]), /not a promise; await it, or pass an async function/],
  ['an object', {}, /not an object that cannot be iterated/],
  ['null', null, /not null/],
  ['a number', 7, /not 7/],
])('%s is a TypeError that names the argument', (_what, values, message) => {
  expect(() => bodyOf(values)).toThrow(TypeError)
  expect(() => bodyOf(values)).toThrow(/^call: values must be an iterable/)
  expect(() => bodyOf(values)).toThrow(message)
})

test('a function that returns a string fails the body, and the error says that it was returned', async () => {
  await expect(encoded(() => 'ab')).rejects.toMatchObject({
    name: 'TypeError',
    message: expect.stringMatching(/^call: values function returned what must be an iterable/),
  })
})
