import { type JsonFormat, jsonBody } from '../../lib/body/json-body.js'
import { textOf } from '../support/queued-reader.js'

const jsonOf = (values: unknown, format: JsonFormat) =>
  textOf(jsonBody(values, {}, format, 'call: values').open())

test.each([
  ['lines', [], ''],
  ['lines', [{ a: 1 }], '{"a":1}\n'],
  ['lines', ['x\ny', null], '"x\\ny"\nnull\n'],
  ['array', [], '[]'],
  ['array', [1], '[1]'],
  ['array', [1, [2], 'x'], '[1,[2],"x"]'],
] as const)('%s of %j are %j', async (format, values, text) => {
  expect(await jsonOf(values, format)).toBe(text)
})

test.each(['lines', 'array'] as const)('a value without a JSON text fails %s', async (format) => {
  await expect(jsonOf([1, undefined], format)).rejects.toThrow(/at index 1 /)
})

test('each body counts its values from 0', async () => {
  for (let times = 0; times < 2; times++) {
    await expect(jsonOf([undefined], 'array')).rejects.toThrow(/at index 0 /)
  }
})
