import { StallTimeout } from '../../lib/response/stall-timeout.js'
import { detachedResponse } from '../support/detached-response.js'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

/** A response of which so many bytes are buffered; a test may change how many. */
function buffering(bytes: number) {
  const res = detachedResponse()
  const state = { bytes }
  Object.defineProperty(res, 'writableLength', { get: () => state.bytes })
  return { res, state }
}

test('a client that accepts nothing stalls after the timeout, and once', () => {
  const { res } = buffering(10)
  const onStall = jest.fn()
  new StallTimeout(res, 1000, onStall)
  jest.advanceTimersByTime(999)
  expect(onStall).not.toHaveBeenCalled()
  jest.advanceTimersByTime(10_000)
  expect(onStall).toHaveBeenCalledTimes(1)
})

test('a body that waits for its source does not stall', () => {
  const onStall = jest.fn()
  const timeout = new StallTimeout(buffering(0).res, 1000, onStall)
  jest.advanceTimersByTime(10_000)
  expect(onStall).not.toHaveBeenCalled()
  timeout.stop()
})

test.each([
  ['whose buffered bytes become fewer', ({ state }: ReturnType<typeof buffering>) => state.bytes--],
  ['of which a write is reported', (_: unknown, timeout: StallTimeout) => timeout.progress()],
])('a client %s does not stall', (_what, progress) => {
  const response = buffering(100)
  const onStall = jest.fn()
  const timeout = new StallTimeout(response.res, 1000, onStall)
  for (let times = 0; times < 10; times++) {
    jest.advanceTimersByTime(900)
    progress(response, timeout)
  }
  expect(onStall).not.toHaveBeenCalled()
  timeout.stop()
})

test('more buffered bytes are no progress', () => {
  const { res, state } = buffering(100)
  const onStall = jest.fn()
  new StallTimeout(res, 1000, onStall)
  for (let times = 0; times < 4; times++) {
    state.bytes++
    jest.advanceTimersByTime(250)
  }
  expect(onStall).toHaveBeenCalledTimes(1)
})

test('a timeout that was stopped has no timer', () => {
  new StallTimeout(buffering(1).res, 1000, () => {}).stop()
  expect(jest.getTimerCount()).toBe(0)
})
