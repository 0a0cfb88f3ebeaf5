import { resolveOptions } from '../../lib/options/option-rules.js'
import { contentRules, responseRules } from '../../lib/options/response-rules.js'

const rules = { ...responseRules, ...contentRules }
const resolve = (options: object) => resolveOptions('stream', rules, options)

test('without options a response has the defaults', () => {
  expect(resolve({})).toEqual({
    digest: undefined,
    download: false,
    errors: 'next',
    headers: new Map(),
    maxRate: undefined,
    onOutcome: undefined,
    onProgress: undefined,
    signal: undefined,
    stallTimeout: undefined,
    status: undefined,
    type: undefined,
  })
})

test.each([
  ['a name with a space', { 'a b': 'x' }],
  ['a value with a line end', { A: 'x\r\nB: y' }],
  ['a list with an invalid value', { A: ['x', 'y\n'] }],
  ['an empty name', { '': 'x' }],
])('a header with %s is a TypeError', (_what, headers) => {
  expect(() => resolve({ headers })).toThrow(TypeError)
  expect(() => resolve({ headers })).toThrow(/^stream: option "headers" has a header /)
})

test('headers are strings and lists of strings; those without a value are left out', () => {
  const given = {
    A: 1,
    B: ['x', 2],
    C: undefined,
    D: null,
    E: true,
    F: 5n,
    G: '',
    H: [],
    I: new URL('/a', 'http://b'),
  }
  expect([...resolve({ headers: given }).headers]).toEqual([
    ['A', '1'],
    ['B', ['x', '2']],
    ['E', 'true'],
    ['F', '5'],
    ['G', ''],
    ['H', []],
    ['I', 'http://b/a'],
  ])
})

test('headers that are iterable, and have properties too, are those of axios', () => {
  const headers = { A: 'b', [Symbol.iterator]: () => [].values() }
  expect([...resolve({ headers }).headers]).toEqual([['A', 'b']])
})

test.each([
  ['Headers', new Headers({ A: 'b' })],
  ['a Map', new Map([['A', 'b']])],
  ['a generator', [['A', 'b']].values()],
])('headers as %s are a TypeError that says how to convert them', (_what, headers) => {
  const message =
    'stream: option "headers" must be an object of header names and their values, not an iterable; ' +
    'convert a Map or Headers with Object.fromEntries(headers)'
  expect(() => resolve({ headers })).toThrow(new TypeError(message))
})

test.each([
  ['an object', {}, 'an object'],
  ['a Date', new Date(), 'an object'],
  ['a symbol', Symbol('foo'), 'Symbol(foo)'],
  ['a function', () => 'b', 'a function'],
  ['an array with an object', ['x', {}], 'an object'],
  ['an array with null', [null], 'null'],
  ['an array of arrays', [['x']], 'an array'],
])('a header whose value is %s is a TypeError that names it', (_what, value, given) => {
  const message =
    'stream: option "headers" must have a string, a number or an array of strings for "A", not '
  expect(() => resolve({ headers: { A: value } })).toThrow(new TypeError(message + given))
})

test.each([
  ['csv', 'text/csv; charset=utf-8'],
  ['.csv', 'text/csv; charset=utf-8'],
  ['text/plain', 'text/plain; charset=utf-8'],
  ['application/x-unknown', 'application/x-unknown'],
  ['text/html; charset=latin1', 'text/html; charset=latin1'],
  ['text/html \t;charset=latin1', 'text/html \t;charset=latin1'],
])('type %s is %s', (type, resolved) => {
  expect(resolve({ type }).type).toBe(resolved)
})

test.each([
  ['type', 'jsno'],
  ['type', 'text/plain\r\nA: b'],
  ['type', 'text/plain\r\n;charset=utf-8'],
  ['type', 'text/plain\u2028;charset=utf-8'],
  ['type', '/plain'],
  ['type', ''],
  ['type', 1],
  ['status', 199],
  ['status', 600],
  ['status', '200'],
  ['download', 1],
  ['digest', 'md5'],
  ['errors', 'ignore'],
  ['maxRate', 0],
  ['maxRate', 1.5],
  ['stallTimeout', 0],
  ['stallTimeout', 2 ** 31],
  ['signal', {}],
  ['onProgress', 'x'],
  ['onOutcome', {}],
  ['headers', []],
  ['headers', 'A: b'],
])('%s as %p is a TypeError that names it', (name, value) => {
  expect(() => resolve({ [name]: value })).toThrow(TypeError)
  expect(() => resolve({ [name]: value })).toThrow(`stream: option "${name}" must be`)
})
