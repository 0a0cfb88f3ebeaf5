import { ReadAhead } from '../../lib/response/read-ahead.js'

const KIB = 1024
let clock = 0

beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock))
afterEach(() => jest.restoreAllMocks())

function takeAfter(pace: ReadAhead, milliseconds: number, times = 1): void {
  for (let turn = 0; turn < times; turn++) {
    pace.noteWrite()
    clock += milliseconds
    pace.noteDrain()
  }
}

test('a client begins with little, so that one which never reads holds little', () => {
  expect(new ReadAhead().sizeHint).toBeLessThanOrEqual(150 * KIB)
})

test('a client that takes it at once gets more, up to a bound', () => {
  const pace = new ReadAhead()
  const wanted = [pace.sizeHint]
  for (let turn = 0; turn < 10; turn++) {
    takeAfter(pace, 1)
    wanted.push(pace.sizeHint)
  }
  expect(wanted).toEqual([...wanted].sort((a, b) => a - b))
  expect(pace.sizeHint).toBe(1024 * KIB)
})

test('a client that stalled begins anew', () => {
  const pace = new ReadAhead()
  const least = pace.sizeHint
  takeAfter(pace, 1, 10)
  takeAfter(pace, 1000)
  expect(pace.sizeHint).toBe(least)
})

test('a client that is neither fast nor stalled keeps its pace', () => {
  const pace = new ReadAhead()
  takeAfter(pace, 1)
  const sizeHint = pace.sizeHint
  takeAfter(pace, 100, 5)
  expect(pace.sizeHint).toBe(sizeHint)
})

test('small buffers may be buffered together, up to the size of one read', () => {
  const pace = new ReadAhead()
  expect(pace.addBuffered(64 * KIB)).toBe(true)
  expect(pace.addBuffered(64 * KIB)).toBe(false)
  takeAfter(pace, 1)
  expect(pace.addBuffered(512 * KIB)).toBe(true)
  expect(pace.addBuffered(512 * KIB)).toBe(false)
  pace.clear()
})

test('all clients together may not have more buffered than a limit', () => {
  const paces = Array.from({ length: 200 }, () => new ReadAhead())
  for (const pace of paces) takeAfter(pace, 1)
  const inFront = paces.filter((pace) => pace.addBuffered(256 * KIB))
  expect(inFront).toHaveLength(63)
  for (const pace of paces) pace.clear()
  expect(new ReadAhead().addBuffered(64 * KIB)).toBe(true)
})
