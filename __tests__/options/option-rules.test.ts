import {
  booleanRule,
  describeValue,
  enumRule,
  integerRule,
  resolveOptions,
} from '../../lib/options/option-rules.js'

const rules = {
  colour: enumRule(['red', 'blue'], 'red'),
  dryRun: booleanRule(false),
  count: integerRule(1, 10, undefined),
  size: integerRule(0, Number.MAX_SAFE_INTEGER, 7),
}

function resolve(options: unknown) {
  return resolveOptions('caller', rules, options as object)
}

const DEFAULTS = { colour: 'red', dryRun: false, count: undefined, size: 7 }

test.each([
  ['no options', undefined],
  ['null', null],
  ['an empty object', {}],
  ['one without a prototype', Object.create(null)],
  ['options that are null', { colour: null, dryRun: null, count: null, size: null }],
  ['options that are undefined', { colour: undefined, dryRun: undefined }],
])('%s gives the defaults', (_what, options) => {
  expect(resolve(options)).toEqual(DEFAULTS)
})

test('a given value replaces the default', () => {
  const given = { colour: 'blue', dryRun: true, count: 10, size: 0 }
  expect(resolve(given)).toEqual(given)
})

test('inherited options count, as with Express', () => {
  expect(resolve(Object.create({ dryRun: true }))).toEqual({ ...DEFAULTS, dryRun: true })
})

test('the options object is not changed, and later changes to it are not seen', () => {
  const options = Object.freeze({ dryRun: true })
  expect(resolve(options)).not.toBe(options)
})

test('a property of Object.prototype is not an option', () => {
  Object.defineProperty(Object.prototype, 'dryRun', {
    value: true,
    enumerable: true,
    writable: true,
    configurable: true,
  })
  try {
    expect(resolve({}).dryRun).toBe(false)
    expect(resolve({ dryRun: true }).dryRun).toBe(true)
  } finally {
    Reflect.deleteProperty(Object.prototype, 'dryRun')
  }
})

test.each([
  ['a string', 'x', 'caller: options must be an object, not "x"'],
  ['a function', () => {}, 'caller: options must be an object, not a function'],
  ['an array', [], 'caller: options must be an object, not an array'],
  ['false', false, 'caller: options must be an object, not false'],
  ['a wrong type', { dryRun: 1 }, 'caller: option "dryRun" must be true or false, not 1'],
  [
    'a truthy string',
    { dryRun: 'yes' },
    'caller: option "dryRun" must be true or false, not "yes"',
  ],
  [
    'another value',
    { colour: 'green' },
    'caller: option "colour" must be "red" or "blue", not "green"',
  ],
  [
    'too little',
    { count: 0 },
    'caller: option "count" must be an integer of at least 1 and at most 10, not 0',
  ],
  [
    'too much',
    { count: 11 },
    'caller: option "count" must be an integer of at least 1 and at most 10, not 11',
  ],
  ['a fraction', { size: 1.5 }, 'caller: option "size" must be an integer of at least 0, not 1.5'],
  [
    'a number as text',
    { size: '1' },
    'caller: option "size" must be an integer of at least 0, not "1"',
  ],
  [
    'not a number',
    { size: Number.NaN },
    'caller: option "size" must be an integer of at least 0, not NaN',
  ],
  [
    'an unsafe integer',
    { size: 2 ** 53 },
    'caller: option "size" must be an integer of at least 0, not 9007199254740992',
  ],
  ['a bigint', { size: 1n }, 'caller: option "size" must be an integer of at least 0, not 1'],
  [
    'an object',
    { size: {} },
    'caller: option "size" must be an integer of at least 0, not an object',
  ],
  ['another spelling', { dryrun: true }, 'caller: unknown option "dryrun"; did you mean "dryRun"?'],
  [
    'an unknown name',
    { speed: 1 },
    'caller: unknown option "speed"; it knows colour, dryRun, count, size',
  ],
  [
    'an unknown name of every object',
    { toString: 1 },
    'caller: unknown option "toString"; it knows colour, dryRun, count, size',
  ],
])('%s is a TypeError that names what is wrong', (_what, options, message) => {
  expect(() => resolve(options)).toThrow(new TypeError(message))
})

test('an unknown option is refused even where it is undefined', () => {
  expect(() => resolve({ speed: undefined })).toThrow(TypeError)
})

test.each<[unknown, string]>([
  ['text', '"text"'],
  ['x'.repeat(41), 'a long string'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('s'), 'Symbol(s)'],
  [() => {}, 'a function'],
  [[1], 'an array'],
  [new Date(0), 'an object'],
])('%p is shown as %s', (value, shown) => {
  expect(describeValue(value)).toBe(shown)
})
