import { type JsonFormat, jsonBody } from '../../lib/body/json-body.js'
import { nextRead } from '../support/queued-reader.js'

async function textOf(values: unknown, format: JsonFormat): Promise<string> {
  const reader = jsonBody(values, {}, format, 'call: values').open()
  let text = ''
  while (true) {
    const read = await nextRead(reader)
    if (read instanceof Error) throw read
    if (read === 'end') return text
    if (read.endsWith('!')) return text + read.slice(0, -1)
    text += read
  }
}

test.each([
  ['lines', [], ''],
  ['lines', [{ a: 1 }], '{"a":1}\n'],
  ['lines', ['x\ny', null], '"x\\ny"\nnull\n'],
  ['array', [], '[]'],
  ['array', [1], '[1]'],
  ['array', [1, [2], 'x'], '[1,[2],"x"]'],
] as const)('%s of %j are %j', async (format, values, text) => {
  expect(await textOf(values, format)).toBe(text)
})

test.each(['lines', 'array'] as const)('a value without a JSON text fails %s', async (format) => {
  await expect(textOf([1, undefined], format)).rejects.toThrow(/at index 1 /)
})

test('each body counts its values from 0', async () => {
  for (let times = 0; times < 2; times++) {
    await expect(textOf([undefined], 'array')).rejects.toThrow(/at index 0 /)
  }
})
