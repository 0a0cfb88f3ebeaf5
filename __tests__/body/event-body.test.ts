import { eventBody } from '../../lib/body/event-body.js'
import { nextRead } from '../support/queued-reader.js'

const SETTINGS = { heartbeat: false, retry: undefined, signal: undefined } as const
const REQUEST = { headers: { 'last-event-id': '7' }, rawHeaders: [] }

test('events follow one another, and those that are there at once are one buffer', async () => {
  const reader = eventBody(['a', { event: 'b', data: 1 }], REQUEST, SETTINGS).open()
  expect(await nextRead(reader)).toBe('data: a\n\nevent: b\ndata: 1\n\n!')
  reader.close()
})

test('retry precedes the first event', async () => {
  const reader = eventBody(['a'], REQUEST, { ...SETTINGS, retry: 500 }).open()
  expect(await nextRead(reader)).toBe('retry: 500\n\ndata: a\n\n!')
  reader.close()
})

test('a function gets the id of the last event, the request and a signal', async () => {
  const events = jest.fn(() => ['a'])
  const reader = eventBody(events, REQUEST, SETTINGS).open()
  await nextRead(reader)
  reader.close()
  expect(events).toHaveBeenCalledWith({
    lastEventId: '7',
    req: REQUEST,
    signal: expect.any(AbortSignal),
  })
})

test('a signal ends the body whole', async () => {
  const controller = new AbortController()
  const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
  const reader = eventBody(never, REQUEST, { ...SETTINGS, signal: controller.signal }).open()
  const read = nextRead(reader)
  controller.abort()
  expect(await read).toBe('end')
  reader.close()
})

test('what cannot be iterated is a TypeError that names the argument', () => {
  expect(() => eventBody(7, REQUEST, SETTINGS)).toThrow(/^streamEvents: events must be/)
})
