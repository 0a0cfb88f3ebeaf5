import { Pace } from '../../lib/wire/pace'

const KIB = 1024
let clock = 0

beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock))
afterEach(() => jest.restoreAllMocks())

function takeAfter(pace: Pace, milliseconds: number, times = 1): void {
  for (let turn = 0; turn < times; turn++) {
    pace.written()
    clock += milliseconds
    pace.drained()
  }
}

test('a client begins with little, so that one which never reads holds little', () => {
  expect(new Pace().want).toBeLessThanOrEqual(150 * KIB)
})

test('a client that takes it at once gets more, up to a bound', () => {
  const pace = new Pace()
  const wanted = [pace.want]
  for (let turn = 0; turn < 10; turn++) {
    takeAfter(pace, 1)
    wanted.push(pace.want)
  }
  expect(wanted).toEqual([...wanted].sort((a, b) => a - b))
  expect(pace.want).toBe(1024 * KIB)
})

test('a client that stalled begins anew', () => {
  const pace = new Pace()
  const least = pace.want
  takeAfter(pace, 1, 10)
  takeAfter(pace, 1000)
  expect(pace.want).toBe(least)
})

test('a client that is neither fast nor stalled keeps its pace', () => {
  const pace = new Pace()
  takeAfter(pace, 1)
  const want = pace.want
  takeAfter(pace, 100, 5)
  expect(pace.want).toBe(want)
})

test('small blocks may wait together, as many as the client is given at a time', () => {
  const pace = new Pace()
  expect(pace.waiting(64 * KIB)).toBe(true)
  expect(pace.waiting(64 * KIB)).toBe(false)
  takeAfter(pace, 1)
  expect(pace.waiting(512 * KIB)).toBe(true)
  expect(pace.waiting(512 * KIB)).toBe(false)
  pace.over()
})

test('all clients together may not leave more waiting than a bound', () => {
  const paces = Array.from({ length: 200 }, () => new Pace())
  for (const pace of paces) takeAfter(pace, 1)
  const inFront = paces.filter((pace) => pace.waiting(256 * KIB))
  expect(inFront).toHaveLength(63)
  for (const pace of paces) pace.over()
  expect(new Pace().waiting(64 * KIB)).toBe(true)
})
