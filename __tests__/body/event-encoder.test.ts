import { runInNewContext } from 'node:vm'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { encodeEvent } from '../../lib/body/event-encoder.js'

class Price {
  readonly data = 7
}

test.each([
  ['a string', 'hello', 'data: hello\n\n'],
  ['an empty string', '', 'data: \n\n'],
  ['a line feed', 'a\nb', 'data: a\ndata: b\n\n'],
  ['a carriage return', 'a\rb', 'data: a\ndata: b\n\n'],
  ['both as one line end', 'a\r\nb', 'data: a\ndata: b\n\n'],
  ['line ends at both ends', '\na\n', 'data: \ndata: a\ndata: \n\n'],
  ['a leading space', ' a', 'data:  a\n\n'],
  ['data as a string', { data: 'x' }, 'data: x\n\n'],
  ['data as JSON', { data: { a: [1] } }, 'data: {"a":[1]}\n\n'],
  ['null as JSON', { data: null }, 'data: null\n\n'],
  ['a number as JSON', { data: 1 }, 'data: 1\n\n'],
  [
    'all fields',
    { comment: 'c', event: 'e', id: 'i', retry: 1, data: 'd' },
    ': c\nevent: e\nid: i\nretry: 1\ndata: d\n\n',
  ],
  ['an integer as id', { id: 7, data: '' }, 'id: 7\ndata: \n\n'],
  ['an empty id, which resets it', { id: '' }, 'id: \n\n'],
  ['a comment of two lines', { comment: 'a\r\nb' }, ': a\n: b\n\n'],
  ['retry alone', { retry: 0 }, 'retry: 0\n\n'],
  ['no field', {}, ''],
  ['fields that are undefined', { data: undefined, id: undefined }, ''],
  [
    'an object without a prototype',
    Object.assign(Object.create(null), { data: 'x' }),
    'data: x\n\n',
  ],
  ['an object of another realm', runInNewContext('({})'), ''],
  ['an instance with a field', new Price(), 'data: 7\n\n'],
  ['an instance with a getter of a field', new MessageEvent('x', { data: 'y' }), 'data: y\n\n'],
])('encodes %s', (_what, item, expected) => {
  expect(encodeEvent(item)).toBe(expected)
})

test.each([
  ['an id with NUL', { id: 'a\0' }, /"id".*integer or a string without line ends and NUL/],
  ['an id with a line feed', { id: 'a\nb' }, /"id"/],
  ['an id with a fraction', { id: 1.5 }, /"id"/],
  ['an event type with a carriage return', { event: 'a\rb' }, /"event"/],
  ['an event type that is no string', { event: 1 }, /"event"/],
  ['a retry with a fraction', { retry: 1.5 }, /"retry".*non-negative integer/],
  ['a negative retry', { retry: -1 }, /"retry"/],
  ['an unsafe retry', { retry: 2 ** 53 }, /"retry"/],
  ['a retry as a string', { retry: '1' }, /"retry"/],
  ['a comment that is no string', { comment: 1 }, /"comment"/],
  ['data that is a BigInt', { data: 1n }, /"data".*BigInt/],
  ['data that is a function', { data: () => {} }, /"data".*function/],
  ['an unknown field', { date: 'x' }, /no field "date".*data, event, id, retry, comment/],
  ['a number', 1, /string or an object of fields, not 1/],
  ['null', null, /not null/],
  ['undefined', undefined, /not undefined/],
  ['bytes', new Uint8Array(1), /not bytes/],
  ['an array', ['a'], /not an array/],
  ['a Date', new Date(), /string or an object of fields, not an instance of Date/],
  ['an Error', new Error('foo'), /not an instance of Error/],
  ['an instance without a field', new (class Foo {})(), /not an instance of Foo/],
  ['an ArrayBuffer', new ArrayBuffer(1), /not bytes/],
  ['a SharedArrayBuffer', new SharedArrayBuffer(1), /not bytes/],
  ['a Map', new Map(), /not an instance of Map/],
  ['a promise', Promise.resolve({ data: 'x' }), /not a promise; await it/],
  ['data that is a promise', { data: Promise.resolve('x') }, /"data".*it is a promise; await it/],
  ['data whose toJSON() returns undefined', { data: { toJSON() {} } }, /"data".*its toJSON\(\)/],
])('refuses %s with a TypeError that names it', (_what, item, message) => {
  expect(() => encodeEvent(item)).toThrow(TypeError)
  expect(() => encodeEvent(item)).toThrow(message)
})

test('refuses data with a cycle', () => {
  const data: { self?: unknown } = {}
  data.self = data
  expect(() => encodeEvent({ data })).toThrow(/"data"/)
})

// The examples of HTML §9.2.6, as an encoder would have produced them.
test.each([
  ['three data lines', [{ data: 'YHOO\n+2\n10' }], [{ data: 'YHOO\n+2\n10' }]],
  [
    'a comment, ids and a reset',
    [
      { comment: 'test stream' },
      { data: 'first event', id: '1' },
      { data: 'second event', id: '' },
      { data: ' third event' },
    ],
    [{ data: 'first event', id: '1' }, { data: 'second event', id: '' }, { data: ' third event' }],
  ],
  [
    'an empty event and one of two empty lines',
    [{ data: '' }, { data: '\n' }],
    [{ data: '' }, { data: '\n' }],
  ],
])('round-trips the example of the standard with %s', (_what, items, expected) => {
  expect(parse([...items].map(encodeEvent).join(''))).toEqual(expected)
})

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\r', '\n', ' ', ':', '\ufeff', '\0'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
})
const line = text.map((value) => value.replace(/[\r\n\0]/g, ''))
const event = fc.record(
  { data: text, event: line.filter((value) => value !== ''), id: line, comment: text },
  { requiredKeys: ['data'] },
)

test('any events come back equal from an independent parser, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(event), fc.integer({ min: 1, max: 50 }), (events, step) => {
      const expected = events.map(({ data, event, id }) => ({
        data: data.replace(/\r\n|\r/g, '\n'),
        ...(event === undefined ? {} : { event }),
        ...(id === undefined ? {} : { id }),
      }))
      expect(parse(events.map(encodeEvent).join(''), step)).toEqual(expected)
    }),
  )
})

function parse(stream: string, step = 1_000_000): EventSourceMessage[] {
  const received: EventSourceMessage[] = []
  const parser = createParser({
    onEvent: (message) => received.push(withoutUndefined(message)),
  })
  const decoder = new TextDecoder()
  const bytes = Buffer.from(stream)
  for (let start = 0; start < bytes.length; start += step) {
    parser.feed(decoder.decode(bytes.subarray(start, start + step), { stream: true }))
  }
  return received
}

function withoutUndefined(message: EventSourceMessage): EventSourceMessage {
  return JSON.parse(JSON.stringify(message))
}
