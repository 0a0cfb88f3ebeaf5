import { encodeJson } from '../../lib/body/json-encoder.js'

test.each([
  [{ a: 1 }, '{"a":1}'],
  [null, 'null'],
  ['text', '"text"'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
])('%p is encoded as JSON', (value, json) => {
  expect(encodeJson(value, 0)).toBe(json)
})

const cycle: { self?: unknown } = {}
cycle.self = cycle

test.each([
  ['undefined', undefined, /at index 3 .*JSON has no undefined/],
  ['a function', () => {}, /at index 3 .*JSON has no function/],
  ['a symbol', Symbol('foo'), /at index 3 .*JSON has no symbol/],
  ['a BigInt', 1n, /at index 3 .*BigInt/],
  ['a cycle', cycle, /at index 3 .*circular/],
  ['a promise', Promise.resolve(1), /at index 3 .*it is a promise; await it/],
  // biome-ignore lint/suspicious/noThenProperty: it is what is tested
  ['a thenable', { then() {} }, /at index 3 .*it is a promise; await it/],
  [
    'a value whose toJSON() returns undefined',
    { toJSON() {} },
    /at index 3 .*its toJSON\(\) returned undefined, a function or a symbol/,
  ],
  [
    'a value whose toJSON() throws no Error',
    {
      toJSON() {
        throw 'foo'
      },
    },
    /at index 3 .*it threw foo/,
  ],
])('%s is a TypeError that names its index', (_what, value, message) => {
  expect(() => encodeJson(value, 3)).toThrow(TypeError)
  expect(() => encodeJson(value, 3)).toThrow(message)
})

test('an error of toJSON is the cause', () => {
  const cause = new Error('foo')
  const value = {
    toJSON() {
      throw cause
    },
  }
  expect(() => encodeJson(value, 0)).toThrow(expect.objectContaining({ cause }))
})
