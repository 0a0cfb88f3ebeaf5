import { ReadAhead } from '../../lib/response/read-ahead.js'

const KIB = 1024
let clock = 0

beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock))
afterEach(() => jest.restoreAllMocks())

function acceptAfter(client: ReadAhead, milliseconds: number, times = 1): void {
  for (let turn = 0; turn < times; turn++) {
    client.noteWrite()
    clock += milliseconds
    client.noteDrain()
  }
}

test('a client begins with little, so that one that never reads holds little', () => {
  expect(new ReadAhead().sizeHint).toBeLessThanOrEqual(150 * KIB)
})

test('a client that accepts it at once gets more, up to a bound', () => {
  const client = new ReadAhead()
  const sizeHints = [client.sizeHint]
  for (let turn = 0; turn < 10; turn++) {
    acceptAfter(client, 1)
    sizeHints.push(client.sizeHint)
  }
  expect(sizeHints).toEqual([...sizeHints].sort((a, b) => a - b))
  expect(client.sizeHint).toBe(1024 * KIB)
})

test('a client that stalled begins anew', () => {
  const client = new ReadAhead()
  const least = client.sizeHint
  acceptAfter(client, 1, 10)
  acceptAfter(client, 1000)
  expect(client.sizeHint).toBe(least)
})

test('a client that is neither fast nor stalled keeps its size hint', () => {
  const client = new ReadAhead()
  acceptAfter(client, 1)
  const sizeHint = client.sizeHint
  acceptAfter(client, 100, 5)
  expect(client.sizeHint).toBe(sizeHint)
})

test('small buffers may be buffered together, up to the size of one read', () => {
  const client = new ReadAhead()
  expect(client.addBuffered(64 * KIB)).toBe(true)
  expect(client.addBuffered(64 * KIB)).toBe(false)
  acceptAfter(client, 1)
  expect(client.addBuffered(512 * KIB)).toBe(true)
  expect(client.addBuffered(512 * KIB)).toBe(false)
  client.clear()
})

test('all clients together may not have more buffered than a limit', () => {
  const clients = Array.from({ length: 200 }, () => new ReadAhead())
  for (const client of clients) acceptAfter(client, 1)
  const reading = clients.filter((client) => client.addBuffered(256 * KIB))
  expect(reading).toHaveLength(63)
  for (const client of clients) client.clear()
  expect(new ReadAhead().addBuffered(64 * KIB)).toBe(true)
})
