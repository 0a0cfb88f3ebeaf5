import { asBytes, ChunkEncoder } from '../../lib/body/body-chunk.js'

function encodeAll(...items: unknown[]): string {
  const encoder = new ChunkEncoder()
  const encoded = items.map((item) => encoder.encode(item))
  return Buffer.concat([...encoded, encoder.end()]).toString()
}

test('bytes are not copied', () => {
  const bytes = Buffer.from('abc')
  expect(asBytes(bytes)).toBe(bytes)
  expect(asBytes(new DataView(bytes.buffer, bytes.byteOffset, 2))?.length).toBe(2)
  expect(asBytes(new Uint16Array([1, 2]))?.length).toBe(4)
  expect(asBytes(new ArrayBuffer(5))?.length).toBe(5)
  expect(asBytes(new SharedArrayBuffer(6))?.length).toBe(6)
})

test.each([undefined, null, 1, true, {}, [1], 'text'])('%p is not binary', (value) => {
  expect(asBytes(value)).toBeUndefined()
})

test.each([
  ['an object', {}],
  ['an array', []],
  ['undefined', undefined],
  ['null', null],
  ['a number', 1],
  ['a promise (await it before yielding it)', Promise.resolve('a')],
])('%s is a TypeError that names it', (kind, item) => {
  const message = `The body yielded ${kind}; an item must be a string, a Uint8Array or an ArrayBuffer`
  expect(() => encodeAll(item)).toThrow(new TypeError(message))
})

test.each([
  [['ä', '€'], 'ä€'],
  [['\ud83d', '\ude00'], '😀'],
  [['a\ud83d', '', '\ude00'], 'a😀'],
  [['\ud83d', '\ud83d', '\ude00'], '\ufffd😀'],
  [['\ude00'], '\ufffd'],
  [['\ud83d', Buffer.from('x')], '\ufffdx'],
  [['\ud83d', Buffer.alloc(0), '\ude00'], '😀'],
  [['x\ud83d'], 'x\ufffd'],
])('%j is %j', (items, text) => {
  expect(encodeAll(...items)).toBe(text)
})
