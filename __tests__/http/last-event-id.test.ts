import { lastEventId } from '../../lib/http/last-event-id.js'

const request = (headers: object) => ({ headers: { ...headers }, rawHeaders: [] })

test.each([
  ['a client that connects for the first time', {}, undefined],
  ['an id', { 'last-event-id': '7' }, '7'],
  ['an empty id', { 'last-event-id': '' }, ''],
  // Node decodes the UTF-8 of the field as Latin-1.
  ['an id in UTF-8', { 'last-event-id': Buffer.from('größe').toString('latin1') }, 'größe'],
  ['a field of another type', { 'last-event-id': ['1', '2'] }, undefined],
])('%s', (_what, headers, id) => {
  expect(lastEventId(request(headers))).toBe(id)
})
