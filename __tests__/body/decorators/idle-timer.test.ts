import { AsyncLocalStorage } from 'node:async_hooks'
import { IdleTimer } from '../../../lib/body/decorators/idle-timer.js'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('fires after its interval, and at most a tenth of it late', () => {
  const fired = jest.fn()
  const timer = new IdleTimer(500, fired)
  timer.restart()
  jest.advanceTimersByTime(499)
  expect(fired).not.toHaveBeenCalled()
  jest.advanceTimersByTime(51)
  expect(fired).toHaveBeenCalledTimes(1)
  timer.stop()
})

test('fires at most a second late', () => {
  const fired = jest.fn()
  const timer = new IdleTimer(60_000, fired)
  timer.restart()
  jest.advanceTimersByTime(61_000)
  expect(fired).toHaveBeenCalledTimes(1)
  timer.stop()
})

test('a restart begins the interval anew', () => {
  const fired = jest.fn()
  const timer = new IdleTimer(500, fired)
  timer.restart()
  jest.advanceTimersByTime(400)
  timer.restart()
  jest.advanceTimersByTime(400)
  expect(fired).not.toHaveBeenCalled()
  timer.stop()
})

test('fires again and again while nothing restarts it', () => {
  const fired = jest.fn()
  const timer = new IdleTimer(500, fired)
  timer.restart()
  jest.advanceTimersByTime(2200)
  expect(fired.mock.calls.length).toBeGreaterThanOrEqual(3)
  timer.stop()
})

test('a thousand timers of one interval share one of Node.js, which ends with the last', () => {
  const timers = Array.from({ length: 1000 }, () => new IdleTimer(500, () => {}))
  for (const timer of timers) timer.restart()
  expect(jest.getTimerCount()).toBe(1)
  for (const timer of timers) timer.stop()
  expect(jest.getTimerCount()).toBe(0)
})

test('each calls back in the async context in which it was made', () => {
  const request = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const timers = ['one', 'other'].map((store) =>
    request.run(store, () => new IdleTimer(500, () => seen.push(request.getStore()))),
  )
  for (const timer of timers) timer.restart()
  jest.advanceTimersByTime(550)
  expect(seen).toEqual(['one', 'other'])
  for (const timer of timers) timer.stop()
})
